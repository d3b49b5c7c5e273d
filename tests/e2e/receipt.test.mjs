// The receipt: from the paid order, as a page that everybody can read and print, and as PDF.
import assert from "node:assert/strict";
import test from "node:test";
import { clean } from "./axe.mjs";
import { journey, ordered, paid, state } from "./stage.mjs";

test("from the paid order to the receipt and back", () => journey("receipt", async (stage) => {
  const page = await paid(stage);
  await page.getByTestId("order-number").waitFor();
  const order = page.url();
  await page.getByRole("link", { name: "領収書" }).click();
  await page.getByRole("heading", { level: 1, name: "領収書" }).waitFor();
  const said = await page.locator("article").textContent();
  for (const words of ["適格簡易請求書", "登録番号T", "10%対象", "内消費税", "PayPay"]) {
    assert.ok(said.includes(words), `${words} is missing: ${said}`);
  }
  await stage.look(page, "page");
  await clean(page, "receipt");
  const address = await page.getByRole("link", { name: "PDFで保存する" }).getAttribute("href");
  const pdf = await fetch(new URL(address, order));
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.equal(new TextDecoder().decode((await pdf.arrayBuffer()).slice(0, 5)), "%PDF-");
  for (const [width, size] of [[320, "100%"], [640, "200%"]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `at ${width} px it scrolls sideways by ${wider} px`);
  }
  await page.goto(`${order}/receipt?lang=en`);
  await page.getByRole("heading", { level: 1, name: "Receipt 領収書" }).waitFor();
  await stage.look(page, "english");
  await clean(page, "receipt in English");
  await page.getByRole("link", { name: "Back to the order" }).click();
  await state(page, "submitted").waitFor();
}));

test("before it is paid there is none, and the page says so", () => journey("receipt-none", async (stage) => {
  stage.expect(/404/);
  const page = await ordered(stage);
  await page.goto(`${stage.url}/orders`);
  const order = await page.locator('a[href^="/o/"]').first().getAttribute("href");
  const answer = await page.goto(`${stage.url}${order}/receipt`);
  assert.equal(answer.status(), 404);
  await page.getByRole("heading", { level: 1, name: "領収書はありません" }).waitFor();
  await stage.look(page, "page");
  await clean(page, "no receipt");
}));
