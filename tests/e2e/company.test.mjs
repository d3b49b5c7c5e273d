// Paying at each consortium's own company, and what becomes of the money when it does not go straight: declined, too small a
// balance, the page left, the page too old, the order given up, the company gone.
import assert from "node:assert/strict";
import test from "node:test";
import { add, checkout, items, journey, menu, state, WALLET } from "./stage.mjs";

// The phone of each reader; both readers see every end state once.
const READERS = { ja: { locale: "ja-JP" }, en: { locale: "en-GB" } };

// From the scan to the company's page.
async function ordered(stage, company, reader) {
  const page = await stage.phone(reader);
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await checkout(page, company);
  return page;
}

// The order's own page in another tab of the same phone, as it is found in the history.
async function orderPage(stage, page) {
  const order = stage.watch(await page.context().newPage());
  await order.goto(`${stage.url}/orders`);
  await order.locator('a[href^="/o/"]').first().click();
  await order.getByTestId("pay-link").waitFor();
  return order;
}

// The one attempt at a company, by its name there.
async function attempt(stage, company) {
  const payments = await stage.payments(company);
  assert.equal(payments.length, 1);
  return payments[0].merchantPaymentId;
}

// The statuses of all attempts at a company, sorted.
const statuses = async (stage, company) => (await stage.payments(company)).map(({ status }) => status).sort();

// What the page says when the money has gone back.
const givenBack = (page) => page.locator(".notice--ok").getByText(/もどしました|was returned/);

const BOTH = [
  { company: "paypay", shop: "hiyodori", reader: READERS.ja, paid: "COMPLETED", refunded: "REFUNDED" },
  { company: "hosted", shop: "shiratama", reader: READERS.en, paid: "paid", refunded: "refunded" },
];

for (const { company, shop, reader, paid, refunded } of BOTH) {
  const at = (name, play, options) => journey(`${company}-${name}`, play, { shop, ...options });

  test(`${company}: approved`, () => at("approve", async (stage) => {
    const page = await ordered(stage, company, reader);
    await page.getByTestId("amount").waitFor();
    await stage.look(page, "wallet");
    await page.getByTestId("approve").click();
    await page.getByTestId("result").waitFor();
    await stage.look(page, "wallet-paid");
    await page.getByTestId("return").click();
    await state(page, "submitted").waitFor();
    await stage.look(page, "paid");
    assert.deepEqual(await statuses(stage, company), [paid]);
  }));

  test(`${company}: declined, then paid`, () => at("decline", async (stage) => {
    const page = await ordered(stage, company, reader);
    await page.getByTestId("decline").click();
    await page.getByTestId("result").waitFor();
    await stage.look(page, "wallet-declined");
    await page.getByTestId("return").click();
    await page.getByTestId("retry-pay").waitFor();
    await stage.look(page, "not-paid");
    await page.getByTestId("retry-pay").click();
    await page.waitForURL(WALLET);
    await page.getByTestId("approve").click();
    await page.getByTestId("return").click();
    await state(page, "submitted").waitFor();
    const all = await statuses(stage, company);
    assert.equal(all.length, 2);
    assert.equal(all.filter((status) => status === paid).length, 1);
  }));

  test(`${company}: balance too small, the tab closed; the same page is there again`, () => at("closed", async (stage) => {
    const page = await ordered(stage, company, reader);
    await page.getByTestId("poor").click();
    await page.getByTestId("notice").waitFor();
    await stage.look(page, "wallet-poor");
    const wallet = new URL(page.url()).pathname;
    const again = await orderPage(stage, page);
    await page.close();
    await stage.look(again, "order");
    await again.getByTestId("pay-link").click();
    await again.waitForURL(WALLET);
    assert.equal(new URL(again.url()).pathname, wallet);
    await again.getByTestId("approve").click();
    await again.getByTestId("return").click();
    await state(again, "submitted").waitFor();
    assert.deepEqual(await statuses(stage, company), [paid]);
  }));

  test(`${company}: paid on a page that is too old: the order goes on`, () => at("late", async (stage) => {
    const page = await ordered(stage, company, reader);
    const order = await orderPage(stage, page);
    await stage.control("POST", `/${company}/expire/${await attempt(stage, company)}`);
    if (company === "hosted") {
      await order.getByTestId("retry-pay").waitFor();
      await stage.look(order, "expired");
    }
    await page.reload();
    await stage.look(page, "wallet-expired");
    await page.getByTestId("late").click();
    await state(order, "submitted").waitFor();
    await stage.look(order, "paid");
    assert.deepEqual(await statuses(stage, company), [paid]);
  }));

  test(`${company}: cancelled, but the page could not be withdrawn and is paid: all of it goes back by itself`, () => at("cancelled", async (stage) => {
    const page = await ordered(stage, company, reader);
    const order = await orderPage(stage, page);
    await stage.control("POST", "/faults", { cancel: "error" });
    await order.getByTestId("cancel-order").click();
    await order.getByTestId("cancel-confirm").click();
    await state(order, "cancelled").waitFor();
    await stage.look(order, "cancelled");
    await page.getByTestId("approve").click();
    await givenBack(order).waitFor();
    await stage.look(order, "given-back");
    assert.deepEqual(await statuses(stage, company), [refunded]);
  }));

  test(`${company}: the only company is gone: nothing can be paid, nothing is lost`, () => at("down", async (stage) => {
    stage.expect(/50[0-9]/);
    await stage.control("POST", "/faults", { down: [company] });
    const page = await stage.phone(reader);
    const { plain } = await items(stage);
    await menu(page, stage);
    await add(page, plain[0]);
    await page.getByTestId("cart-button").click();
    await page.getByTestId(`pay-${company}`).click();
    await state(page, "awaiting_payment").waitFor();
    await stage.look(page, "order");
    // Asked about the attempt it stays silent: soon nobody is sent there any more.
    const other = await stage.phone(reader);
    await offers(stage, []);
    await menu(other, stage);
    await add(other, plain[0]);
    await other.getByTestId("cart-button").click();
    await other.locator("#pay").waitFor();
    await stage.look(other, "no-way");
    assert.equal(await other.getByTestId(`pay-${company}`).count(), 0);
    await stage.control("POST", "/faults", { down: [] });
    await offers(stage, [company]);
  }));
}

// Only where a company says that its page has expired; of PayPay's we know it by the time alone.
test("hosted: paid twice, the old page last: the second goes back by itself", () => journey("hosted-twice", async (stage) => {
  const page = await ordered(stage, "hosted", READERS.en);
  const first = await attempt(stage, "hosted");
  const order = await orderPage(stage, page);
  await stage.control("POST", `/hosted/expire/${first}`);
  await order.getByTestId("retry-pay").click();
  await order.waitForURL(WALLET);
  await order.getByTestId("approve").click();
  await order.getByTestId("return").click();
  await state(order, "submitted").waitFor();
  await page.reload();
  await page.getByTestId("late").click();
  await givenBack(order).waitFor();
  await stage.look(order, "given-back");
  assert.deepEqual(await statuses(stage, "hosted"), ["paid", "refunded"]);
}, { shop: "shiratama" }));

test("hosted: paid after the order was given up: all of it goes back by itself", () => journey("hosted-given-up", async (stage) => {
  const page = await ordered(stage, "hosted", READERS.en);
  const order = await orderPage(stage, page);
  order.setDefaultTimeout(120_000);
  await stage.control("POST", `/hosted/expire/${await attempt(stage, "hosted")}`);
  await state(order, "expired").waitFor();
  await stage.look(order, "ended");
  await page.reload();
  await page.getByTestId("late").click();
  await givenBack(order).waitFor();
  await stage.look(order, "given-back");
  assert.deepEqual(await statuses(stage, "hosted"), ["refunded"]);
}, { shop: "shiratama", settings: "[orders]\nunpaid_seconds = 12\n" }));

// Waits until the menu offers just these ways of paying.
async function offers(stage, wanted) {
  const ends = Date.now() + 60_000;
  for (;;) {
    const { facility } = await (await fetch(`${stage.url}/api/v1/facilities/${stage.facility.code}/menu`)).json();
    const now = facility.providers.map(({ provider }) => provider);
    if (now.join() === wanted.join()) return;
    assert.ok(Date.now() < ends, `offered: ${now}`);
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}

test("one of two companies is gone: the other is offered, and cart and order stay", () => journey("failover", async (stage) => {
  stage.expect(/50[0-9]/);
  const page = await stage.phone(READERS.ja);
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await page.getByTestId("cart-button").click();
  await page.getByTestId("pay-hosted").waitFor();
  await stage.look(page, "both");
  await stage.control("POST", "/faults", { down: ["hosted"] });
  // Somebody else finds out.
  const unlucky = await stage.phone(READERS.ja);
  await menu(unlucky, stage);
  await add(unlucky, plain[0]);
  await unlucky.getByTestId("cart-button").click();
  await unlucky.getByTestId("pay-hosted").click();
  await state(unlucky, "awaiting_payment").waitFor();
  await offers(stage, ["paypay"]);
  // The cart that was open still shows both: a tap on the wrong one costs nothing.
  await page.getByTestId("pay-hosted").click();
  await page.getByTestId("retry-pay").waitFor();
  await stage.look(page, "other-offered");
  assert.equal(await page.getByTestId("retry-pay-hosted").count(), 0);
  await page.getByTestId("retry-pay").click();
  await page.waitForURL(WALLET);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await state(page, "submitted").waitFor();
  await stage.look(page, "paid");
  assert.deepEqual(await statuses(stage, "paypay"), ["COMPLETED"]);
}, { shop: "sasafune" }));

test("another company in the middle: the page that is left cannot be paid any more", () => journey("switch", async (stage) => {
  const page = await ordered(stage, "hosted", READERS.en);
  const left = page.url();
  await page.getByTestId("back").click();
  await page.getByTestId("retry-pay-paypay").waitFor();
  await stage.look(page, "order");
  await page.getByTestId("retry-pay-paypay").click();
  await page.waitForURL(/\/wallet\//);
  const old = stage.watch(await page.context().newPage());
  await old.goto(left);
  await old.getByTestId("result").waitFor();
  await stage.look(old, "wallet-cancelled");
  assert.equal(await old.getByTestId("approve").count(), 0);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  await state(page, "submitted").waitFor();
  assert.deepEqual([await statuses(stage, "hosted"), await statuses(stage, "paypay")], [["cancelled"], ["COMPLETED"]]);
}, { shop: "sasafune" }));
