// What phones and people do wrong: two taps, lost answers, no signal, old posters.
import assert from "node:assert/strict";
import test from "node:test";
import { add, items, journey, menu, state } from "./stage.mjs";

test("two taps and a lost answer: one order, one payment", () => journey("double-tap", async (stage) => {
  // What passes a service worker cannot be lost on its way by the browser's driver.
  const page = await stage.phone({ serviceWorkers: "block" });
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  // The first answer is lost on its way back: the order exists, the phone does not know.
  stage.expect(/ERR_FAILED|Failed to load/);
  let lost = 0;
  await page.route("**/api/v1/orders", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await page.getByTestId("cart-button").click();
  const pay = page.getByTestId("pay-paypay");
  await pay.dblclick();
  // When it took a while, the diner is shown his order first and goes on by a tap of his own.
  const [link, approve] = [page.getByTestId("pay-link"), page.getByTestId("approve")];
  await link.or(approve).waitFor();
  if (!(await approve.isVisible())) await link.click();
  await approve.click();
  await page.getByTestId("return").click();
  await state(page, "submitted").waitFor();
  assert.equal((await stage.payments()).length, 1);
  const { orders } = await stage.staff("GET", "/orders");
  assert.equal(orders.length, 1);
  assert.equal(lost, 1);
}));

test("no signal: the menu stays readable, an order is sent once when it returns", () => journey("offline", async (stage) => {
  stage.expect(/ERR_INTERNET_DISCONNECTED|Failed to load|Failed to fetch/);
  const page = await stage.phone();
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  // The worker has kept the menu when it is in the cache.
  await page.waitForFunction(async (base) => Boolean(await caches.match(base)), new URL(stage.table()).pathname);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByTestId(`menu-item-${plain[0].id}`).waitFor();
  await stage.look(page, "menu");
  await page.getByTestId("cart-button").click();
  await page.getByTestId("pay-paypay").click();
  await stage.look(page, "waiting");
  await page.context().setOffline(false);
  await page.waitForURL(/\/wallet\/|\/o\//);
  const { orders } = await stage.staff("GET", "/orders");
  assert.equal(orders.length, 1);
}));

test("an early tap is not lost", () => journey("early-tap", async (stage) => {
  const page = await stage.phone();
  const { plain } = await items(stage);
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/*.wasm", async (route) => { await held; await route.continue(); });
  await page.goto(stage.table(), { waitUntil: "load" });
  await page.getByTestId(`add-${plain[0].id}`).click();
  release();
  await page.getByTestId("cart-button").waitFor();
}));

test("codes that lead nowhere say why", () => journey("notices", async (stage) => {
  stage.expect(/404|410/);
  const page = await stage.phone();
  const notice = async (path, status) => {
    const response = await page.goto(stage.url + path);
    assert.equal(response.status(), status, path);
    await page.getByTestId("notice").waitFor();
    await stage.look(page, `notice-${status}`);
  };
  await notice("/f/ZZZZZZZZ", 404);
  await notice("/nothing/here", 404);
  const { label, token } = stage.facility.seats[0];
  await stage.staff("POST", `/seats/${label}/rotate`);
  await notice(`/f/${stage.facility.code}/t/${token}`, 410);
}));

test("English: words, names and amounts change, the cart stays", () => journey("english", async (stage) => {
  const page = await stage.phone();
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await page.goto(`${stage.table()}?lang=en`);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await stage.look(page, "menu");
  await page.getByTestId("cart-button").click();
  await page.getByText(/¥/).first().waitFor();
  await stage.look(page, "cart");
  await checkoutFromCart(page);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await page.getByTestId("order-number").waitFor();
  await stage.look(page, "paid");
}));

async function checkoutFromCart(page) {
  await page.getByTestId("pay-paypay").click();
  await page.waitForURL(/\/wallet\//);
}

test("a changed price is shown before anything is paid", () => journey("price", async (stage) => {
  stage.expect(/409/);
  const page = await stage.phone({ serviceWorkers: "block" });
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await page.getByTestId("cart-button").click();
  // The phone does not hear of the change: its stream is cut.
  await page.route("**/events", (route) => route.abort());
  await page.route("**/menu*", (route) => route.abort());
  stage.expect(/ERR_FAILED/);
  await stage.staff("PUT", `/items/${plain[0].id}`, { price: plain[0].price + 100 });
  await page.getByTestId("pay-paypay").or(page.getByTestId("continue-cart")).first().click();
  await page.getByTestId("cart-change-price").or(page.getByTestId("continue-cart")).first().waitFor();
  await stage.look(page, "changed");
  assert.equal((await stage.payments()).length, 0);
}));
