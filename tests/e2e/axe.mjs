// Whether axe finds nothing against WCAG 2.2 AA on a screen as it is shown.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function clean(page, what) {
  // Colours are judged at rest.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  assert.deepEqual(said, [], what);
}
