// The owner tells another system what happens: adding, testing, reading what became of it, taking it away again.
import assert from "node:assert/strict";
import http from "node:http";
import test from "node:test";
import { clean } from "./axe.mjs";
import { journey, paid } from "./stage.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SETTINGS = { settings: "[webhooks]\nprivate_networks = true\n" };

// Another system, which answers as it is told.
async function withReceiver(test) {
  const receiver = { status: 204, kinds: [] };
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    receiver.kinds.push(JSON.parse(Buffer.concat(parts)).type);
    response.writeHead(receiver.status).end(receiver.status === 204 ? undefined : "つかえません");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
  try {
    await test(receiver);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const delivery = (page, state) => page.locator(`[data-testid="delivery"][data-state="${state}"]`);
const webhook = (page, state) => page.locator(`[data-testid^="webhook-whk_"][data-state="${state}"]`);

async function adding(page, url) {
  await page.getByTestId("webhook-add").click();
  await page.getByTestId("webhook-url").fill(url);
  await page.getByTestId("webhook-save").click();
  await page.getByTestId("webhook-secret").waitFor();
}

test("an address is added, tested, off when it is gone, on again, removed", () => withReceiver((receiver) => journey("webhooks", async (stage) => {
  const page = await stage.signIn("hiyodori", PHONE);
  await page.getByTestId("ways-open").click();
  await page.getByTestId("go-webhooks").click();
  await page.getByTestId("webhooks-empty").waitFor();
  await stage.look(page, "empty");
  await clean(page, "no webhooks");

  // What is wrong is said in the dialog, and what was typed stays.
  stage.expect(/422/);
  await page.getByTestId("webhook-add").click();
  await page.getByTestId("webhook-url").fill("ftp://kaikei.example/hook");
  await page.getByTestId("webhook-chosen").check();
  await page.getByTestId("webhook-save").click();
  await page.locator("#webhook-wrong").getByText("ひとつ以上").waitFor();
  for (const kind of ["order.submitted", "refund.done"]) await page.getByTestId(`kind-${kind}`).check();
  await page.getByTestId("webhook-save").click();
  await page.locator("#webhook-wrong").getByText("https://").waitFor();
  await stage.look(page, "wrong");
  await clean(page, "the dialog of a webhook");
  await page.getByTestId("webhook-url").fill(receiver.url);
  await page.getByTestId("webhook-save").click();
  const secret = await page.getByTestId("webhook-secret").textContent();
  assert.match(secret, /^whsec_/);
  await stage.look(page, "secret");
  await clean(page, "a secret");
  await page.getByTestId("webhook-kept").click();
  await webhook(page, "on").getByText("支払いずみの注文").waitFor();
  await stage.look(page, "list");
  await clean(page, "webhooks");

  await page.getByTestId("webhook-test").click();
  await delivery(page, "delivered").waitFor();
  await page.getByTestId("delivery-open").click();
  await page.getByTestId("delivery-body").getByText("webhook.test").waitFor();
  await page.getByText("HTTP 204").waitFor();
  await stage.look(page, "log");
  await clean(page, "the log of a webhook");

  // Sent again and not taken: it waits for its next try, or for the owner.
  receiver.status = 500;
  await page.getByTestId("delivery-replay").click();
  await delivery(page, "pending").getByText("HTTP 500").waitFor();
  await stage.look(page, "refused");
  receiver.status = 204;
  await page.getByTestId("delivery-replay").click();
  await delivery(page, "delivered").waitFor();

  receiver.status = 410;
  await page.getByTestId("delivery-replay").click();
  await delivery(page, "dead").waitFor();
  await stage.look(page, "gone");
  await page.getByTestId("log-back").click();
  await webhook(page, "off").waitFor();
  await stage.look(page, "off");
  receiver.status = 204;
  await page.getByTestId("webhook-on").click();
  await webhook(page, "on").waitFor();

  await page.getByTestId("webhook-rotate").click();
  await stage.look(page, "rotate");
  await page.getByTestId("webhook-sure").click();
  const second = await page.getByTestId("webhook-secret").textContent();
  assert.notEqual(second, secret);
  await page.getByTestId("webhook-kept").click();

  await page.getByTestId("webhook-remove").click();
  await stage.look(page, "remove");
  await page.getByTestId("webhook-sure").click();
  await page.getByTestId("webhooks-empty").waitFor();
}, SETTINGS)));

test("what a diner pays is told to the shop's system and to the consortium's, and shown to nobody else", () => withReceiver((receiver) => journey("webhooks-order", async (stage) => {
  const owner = await stage.signIn("hiyodori", { ...PHONE, locale: "en-GB" });
  await owner.getByTestId("ways-open").click();
  await owner.getByTestId("go-webhooks").click();
  await stage.look(owner, "empty");
  await adding(owner, receiver.url);
  await stage.look(owner, "secret");
  await owner.getByTestId("webhook-kept").click();
  const officer = await stage.signIn("paypay-officer", PHONE);
  await officer.getByTestId("go-webhooks").click();
  await adding(officer, receiver.url);
  await officer.getByTestId("webhook-kept").click();
  await webhook(officer, "on").waitFor();
  await stage.look(officer, "office");
  const page = await paid(stage);
  await page.getByTestId("order-number").waitFor();
  for (const console of [owner, officer]) {
    await console.getByTestId("webhook-log").click();
    await delivery(console, "delivered").filter({ hasText: "order.submitted" }).waitFor();
    await delivery(console, "delivered").filter({ hasText: "payment.succeeded" }).waitFor();
  }
  await stage.look(owner, "log");
  assert.deepEqual(receiver.kinds.toSorted(), ["order.submitted", "order.submitted", "payment.succeeded", "payment.succeeded"]);

  // The kitchen neither finds the screen nor may read it.
  stage.expect(/403/);
  const kitchen = await stage.signIn("hiyodori-kitchen", PHONE);
  assert.equal(await kitchen.getByTestId("go-webhooks").count(), 0);
  await kitchen.goto(`${stage.url}/console/webhooks`);
  await kitchen.getByRole("alert").getByText("責任者").waitFor();
  await stage.look(kitchen, "forbidden");
}, SETTINGS)));
