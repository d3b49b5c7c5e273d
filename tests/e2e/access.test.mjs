// Everybody can use it: WCAG 2.2 AA by axe on every screen, by keyboard alone, at 320 px and at 200 % text.
import assert from "node:assert/strict";
import test from "node:test";
import { clean } from "./axe.mjs";
import { add, items, journey, menu, ordered } from "./stage.mjs";

async function fits(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} scrolls sideways by ${wider} px`);
}

test("axe finds nothing on the diner's screens", () => journey("axe-diner", async (stage) => {
  const page = await stage.phone();
  const { all, plain } = await items(stage);
  await page.goto(`${stage.table()}/coupons`);
  await page.getByTestId("ticket").first().waitFor();
  await clean(page, "wallet");
  await menu(page, stage);
  await page.getByTestId("claim").waitFor();
  await clean(page, "menu");
  await page.getByRole("button", { name: "はじめての300円引きをもらう" }).click();
  await page.getByTestId(`add-${all.find((item) => item.groups).id}`).click();
  await page.getByTestId("sheet-add").waitFor();
  await clean(page, "item");
  await page.getByTestId("sheet-add").click();
  await add(page, plain[0]);
  await page.getByTestId("cart-button").click();
  await page.getByTestId("coupon-off").or(page.getByTestId("coupon-why-not")).first().waitFor();
  await clean(page, "cart");
  await page.getByTestId("pay-paypay").click();
  await page.waitForURL(/\/wallet\//);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await page.getByTestId("proof").waitFor();
  await clean(page, "paid");
  await page.goto(`${stage.url}/orders`);
  await page.getByText(/A-01/).first().waitFor();
  await clean(page, "history");
}));

test("axe finds nothing on the screens of shop and consortium", () => journey("axe-shop", async (stage) => {
  const page = await ordered(stage);
  await page.getByTestId("approve").click();
  const board = await stage.board();
  await board.locator('[data-testid^="accept-ord_"]').waitFor();
  await clean(board, "board");
  const office = await stage.signIn("paypay-officer", { viewport: { width: 1180, height: 820 } });
  await clean(office, "desk");
  await office.getByTestId("go-facilities").click();
  await office.getByTestId("list-more").click();
  const shop = office.getByTestId(`facility-${stage.facility.code}`);
  await shop.waitFor();
  await clean(office, "facilities");
  await shop.getByRole("link").first().click();
  await office.getByTestId("give-back").click();
  await office.getByTestId("redress-reason").waitFor();
  await clean(office, "giving money back");
}));

test("narrow and large: nothing is cut off", () => journey("narrow", async (stage) => {
  const { plain } = await items(stage);
  for (const [what, options] of [["320 px", { viewport: { width: 320, height: 640 } }], ["200 %", {}]]) {
    const page = await stage.phone({ isMobile: false, ...options });
    await menu(page, stage);
    if (what === "200 %") await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    await fits(page, `menu at ${what}`);
    await page.getByTestId("claim").click();
    await add(page, plain[0]);
    await page.getByTestId("cart-button").click();
    await page.getByTestId("note").waitFor();
    if (what === "200 %") await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    await fits(page, `cart at ${what}`);
    await stage.look(page, "cart");
    await page.goto(`${stage.table()}/coupons`);
    if (what === "200 %") await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    await fits(page, `wallet at ${what}`);
    await stage.look(page, "wallet");
  }
}));

test("by keyboard alone from the menu to the provider", () => journey("keyboard", async (stage) => {
  const page = await stage.phone({ isMobile: false, hasTouch: false });
  const { plain } = await items(stage);
  await menu(page, stage);
  const press = async (id) => {
    const target = page.getByTestId(id);
    for (let i = 0; i < 400; i += 1) {
      if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) break;
      await page.keyboard.press("Tab");
    }
    assert.ok(await target.evaluate((element) => element === document.activeElement), `${id} is reached by Tab`);
    await page.keyboard.press("Enter");
  };
  await press(`add-${plain[0].id}`);
  await page.getByTestId("cart-button").waitFor();
  await press("cart-button");
  await page.getByTestId("pay-paypay").waitFor();
  await press("pay-paypay");
  await page.waitForURL(/\/wallet\//);
}));
