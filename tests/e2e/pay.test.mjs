// Paying: from the scan to the board, and everything that goes wrong on the way.
import assert from "node:assert/strict";
import test from "node:test";
import { add, items, journey, menu, ordered, paid, state } from "./stage.mjs";

test("scan to paid: the board shows it, the phone follows", () => journey("scan-to-paid", async (stage) => {
  const board = await stage.board();
  const page = await stage.phone();
  // As scanned: in upper case; the menu is there without any program.
  const scanned = stage.table().replace(/\/f\/.*/, (path) => path.toUpperCase());
  const html = await (await fetch(scanned)).text();
  const { all, plain } = await items(stage);
  assert.ok(html.includes(plain[0].name), "the menu is written by the server");
  await page.goto(scanned);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  await stage.look(page, "menu");
  await add(page, all.find((item) => item.groups));
  await add(page, plain[0]);
  await page.getByTestId("cart-button").click();
  await stage.look(page, "cart");
  await page.getByTestId("note").fill("ソース少なめで");
  await page.getByTestId("pay-paypay").click();
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await page.getByTestId("order-number").waitFor();
  const number = (await page.getByTestId("order-number").textContent()).match(/A-\d+/)[0];
  await stage.look(page, "paid");
  const card = board.locator(`[data-testid^="order-ord_"][data-number="${number}"]`);
  await card.waitFor();
  await stage.look(board, "board");
  assert.match(await card.textContent(), /ソース少なめで/);
  for (const [button, next] of [["accept", "accepted"], ["prepare", "preparing"], ["finish", "ready"], ["handover", "completed"]]) {
    await card.locator(`[data-testid^="${button}-ord_"]`).click();
    await state(page, next).waitFor();
  }
  await stage.look(page, "completed");
}));

test("tab closed after paying, notification lost: it reaches the board by itself", () => journey("closed-tab", async (stage) => {
  await stage.control("POST", "/faults", { webhooks: "lose" });
  const board = await stage.board();
  const page = await ordered(stage);
  await page.getByTestId("close").click();
  await page.waitForLoadState();
  const context = page.context();
  await page.close();
  await board.locator('[data-testid^="accept-ord_"]').waitFor();
  const again = stage.watch(await context.newPage());
  await again.goto(`${stage.url}/orders`);
  await again.getByText(/A-01/).first().waitFor();
  await stage.look(again, "history");
}));

test("cancelled by the diner before the shop answers: the money goes back", () => journey("cancel", async (stage) => {
  const page = await paid(stage);
  await page.getByTestId("cancel-order").click();
  const sure = page.getByTestId("cancel-confirm");
  await sure.or(state(page, "cancelled")).first().waitFor();
  if (await sure.isVisible()) await sure.click();
  await state(page, "cancelled").waitFor();
  await stage.look(page, "cancelled");
}));
