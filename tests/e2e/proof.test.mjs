// The word at the till: the same on a paid phone and on the shop's board at the same moment, and nowhere else.
import assert from "node:assert/strict";
import test from "node:test";
import { journey, paid } from "./stage.mjs";

const word = (page) => page.locator(".proof__word, .board__proof b").textContent();

test("phone and board show the same word, then the same next one", () => journey("proof", async (stage) => {
  const page = await paid(stage);
  const board = await stage.board();
  await page.getByTestId("proof").waitFor();
  await board.getByTestId("till-proof").waitFor();
  // Half a minute may end between the two looks.
  const both = async (tries = 3) => {
    const theirs = await word(board);
    const same = page.locator(".proof__word", { hasText: theirs }).waitFor({ timeout: 5_000 });
    return same.then(() => theirs, (error) => { if (tries > 1) return both(tries - 1); throw error; });
  };
  const first = await both();
  await stage.look(page, "phone");
  await stage.look(board, "board");
  await page.locator(".proof__word").filter({ hasNotText: first }).waitFor({ timeout: 40_000 });
  assert.notEqual(await both(), first);
  const stranger = await stage.phone();
  await stranger.goto(page.url());
  await stranger.getByTestId("order-number").waitFor();
  assert.equal(await stranger.getByTestId("proof").count(), 0);
}));
