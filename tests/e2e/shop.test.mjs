// What the shop does reaches the phone: sold out, refused, no answer.
import assert from "node:assert/strict";
import test from "node:test";
import { add, items, journey, menu, paid, state } from "./stage.mjs";

test("sold out while the cart is open: named, the rest stays, one button goes on", () => journey("sold-out", async (stage) => {
  const page = await stage.phone();
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await add(page, plain[1]);
  await stage.staff("PUT", `/stock/${plain[0].id}`, { sold_out: true });
  await page.locator(`[data-testid="menu-item-${plain[0].id}"][data-state="sold-out"]`).waitFor();
  await stage.look(page, "menu");
  stage.expect(/orders.*409|409.*orders/);
  await page.getByTestId("cart-button").click();
  await stage.look(page, "cart");
}));

test("refused by the shop: the reason and the refund are shown", () => journey("refused", async (stage) => {
  const board = await stage.board();
  const page = await paid(stage);
  await board.locator('[data-testid^="refuse-ord_"]').click();
  await board.getByTestId("refuse-reason-too_busy").click();
  await board.getByTestId("refuse-confirm").click();
  await state(page, "refused").waitFor();
  await stage.look(page, "refused");
  const refunded = async () => (await stage.payments()).some((payment) => payment.status === "REFUNDED");
  while (!(await refunded())) await page.waitForEvent("response", { timeout: 1_000 }).catch(() => {});
}));

test("no answer in time: refused by itself, the shop is closed until it opens again", () => journey("auto-refused", async (stage) => {
  const board = await stage.board();
  const page = await paid(stage);
  await state(page, "auto_refused").waitFor();
  await stage.look(page, "auto-refused");
  await stage.look(board, "closed");
  const menuNow = await (await fetch(`${stage.url}/api/v1/facilities/${stage.facility.code}/menu`)).json();
  assert.equal(menuNow.facility.taking_orders, false);
}, { settings: "[orders]\nanswer_seconds = 3\n" }));
