// Coupons: got, taken off in the best combination, refused with the reason, back when the payment fails, moved.
import assert from "node:assert/strict";
import test from "node:test";
import { add, items, journey, state } from "./stage.mjs";

/** A cart of about 2,000 yen at the first shop, on its page. */
async function filled(stage, page) {
  await page.goto(stage.table());
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  const { plain } = await items(stage);
  let total = 0;
  for (const item of plain.filter((item) => !item.alcohol && item.price >= 500)) {
    if (total >= 1_800) break;
    await add(page, item);
    total += item.price;
  }
  return total;
}

const yen = async (locator) => Number((await locator.textContent()).replace(/\D/g, ""));

test("a coupon is got on the menu, taken off, held, used and shown on the receipt", () => journey("coupon", async (stage) => {
  const page = await stage.phone();
  const total = await filled(stage, page);
  await page.getByTestId("claim").click();
  await stage.look(page, "menu-strip");
  await page.getByTestId("cart-button").click();
  await page.getByTestId("coupon-off").first().waitFor();
  await stage.look(page, "cart");
  const off = await yen(page.getByTestId("bill-off"));
  assert.ok(off >= 300, `${off} yen off`);
  // Left out and taken again.
  await page.getByTestId("coupon-leave-out").first().click();
  await page.getByTestId("coupon-use").first().click();
  await page.getByTestId("pay-paypay").click();
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await page.getByTestId("order-number").waitFor();
  await page.getByTestId("coupon-off").first().waitFor();
  await stage.look(page, "paid");
  assert.match(await page.locator(".paid__facts").textContent(), new RegExp((total - off).toLocaleString("en")));
  await page.getByRole("link", { name: "領収書" }).click();
  await page.getByText("−").first().or(page.getByText("値引")).first().waitFor();
  await stage.look(page, "receipt");
}));

test("the wallet: what can be had, a code that is none, moving to another phone", () => journey("wallet", async (stage) => {
  const page = await stage.phone();
  await page.goto(`${stage.table()}/coupons`);
  await stage.look(page, "wallet");
  await page.getByTestId("claim").first().click();
  await page.getByRole("status").first().waitFor();
  await page.getByTestId("code").fill("ABCD-EFGH-JKMN-PQRS");
  await page.getByTestId("enter-code").click();
  await page.getByRole("alert").waitFor();
  await stage.look(page, "refused");
  await page.getByTestId("transfer").click();
  const code = await page.getByTestId("transfer-code").textContent();
  const other = await stage.phone();
  await other.goto(`${stage.table()}/coupons`);
  await other.getByTestId("code").fill(code.toLowerCase());
  await other.getByTestId("enter-code").click();
  await other.getByRole("status").first().waitFor();
  await stage.look(other, "moved");
}));

test("a payment that is declined gives the coupon back", () => journey("coupon-back", async (stage) => {
  const page = await stage.phone();
  await filled(stage, page);
  await page.getByTestId("claim").click();
  await page.getByTestId("cart-button").click();
  await page.getByTestId("coupon-off").first().waitFor();
  await page.getByTestId("pay-paypay").click();
  await page.getByTestId("decline").click();
  await page.getByTestId("return").click();
  await page.getByTestId("held").waitFor();
  await stage.look(page, "held");
  await page.getByTestId("cancel-order").click();
  const sure = page.getByTestId("cancel-confirm");
  await sure.or(state(page, "cancelled")).first().waitFor();
  if (await sure.isVisible()) await sure.click();
  await state(page, "cancelled").waitFor();
  await page.getByText("クーポンはもどりました").waitFor();
  await stage.look(page, "back");
}));
