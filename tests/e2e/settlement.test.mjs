// What is left of what came in: a paid and a refunded order in the owner's settlement, on a phone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { add, checkout, items, journey, menu, state } from "./stage.mjs";

const yen = (text) => Number(text.replace(/[^0-9−]/g, "").replace("−", "-"));

test("a paid and a refunded order: sums, days and the file", () => journey("settlement", async (stage) => {
  const page = await stage.phone();
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await add(page, plain[1]);
  await checkout(page);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await state(page, "submitted").waitFor();
  const [{ order }] = (await stage.staff("GET", "/orders")).orders;
  await stage.staff("POST", `/orders/${order.id}/accept`, {});
  const board = await stage.board();
  await board.goto(`${stage.url}/console/orders`);
  await board.getByTestId("give-back").click();
  await board.getByTestId("redress-amount").fill("100");
  await board.getByTestId("redress-reason").fill("お皿がなかった");
  await board.getByTestId("redress-confirm").click();
  const refunded = async () => (await stage.staff("GET", `/orders/${order.id}/refunds`)).refunds[0]?.state === "done";
  while (!(await refunded())) await board.waitForTimeout(200);

  await board.getByTestId("go-settlement").click();
  await board.getByTestId("settlement-days").waitFor();
  const sum = async (name) => yen((await board.getByTestId(`sum-${name}`).innerText()).split("\n")[0]);
  const paid = order.total;
  const fee = Math.floor((paid - 100) * 0.0198);
  assert.deepEqual([await sum("paid"), await sum("refunded"), await sum("fee"), await sum("net")], [paid, 100, fee, paid - 100 - fee]);
  await stage.look(board, "desk");
  await board.setViewportSize({ width: 390, height: 844 });
  await board.evaluate(() => scrollTo(0, 0));
  assert.ok(await board.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scroll");
  await board.screenshot({ path: "target/e2e-screens/settlement-phone.png", fullPage: true });

  const saved = board.waitForEvent("download");
  await board.getByTestId("settlement-file").click();
  const download = await saved;
  assert.match(download.suggestedFilename(), /^settlement_.*\.csv$/);
  const text = await readFile(await download.path(), "utf8");
  assert.ok(text.startsWith("\ufeff日時,"));
  assert.equal(text.trimEnd().split("\r\n").length, 3);

  await board.getByTestId("last-month").click();
  await board.getByTestId("settlement-empty").waitFor();
  await board.getByTestId("to").fill("2020-01-01");
  await board.getByTestId("show-period").click();
  await board.locator("#period-wrong").waitFor();
  const kitchen = await stage.board("hiyodori-kitchen");
  assert.equal(await kitchen.getByTestId("go-settlement").count(), 0);
}));
