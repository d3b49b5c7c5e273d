// Stripe's own library for Node, unchanged, against the sandbox.
import assert from "node:assert/strict";
import test from "node:test";
import Stripe from "stripe";
import { mailbox, withSandbox } from "./sandbox.mjs";

const OPTIONS = { protocol: "http", telemetry: false, maxNetworkRetries: 0 };

function client({ stripe }) {
  const { hostname: host, port } = new URL(stripe.base_url);
  return new Stripe(stripe.api_key, { ...OPTIONS, host, port });
}

function session(reference) {
  return {
    mode: "payment",
    client_reference_id: reference,
    line_items: [{ quantity: 2, price_data: { currency: "jpy", unit_amount: 640, product_data: { name: "たこ焼き 8個" } } }],
    success_url: "https://okini.example/back?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://okini.example/back",
    expires_at: Math.floor(Date.now() / 1000) + 1860,
    metadata: { payment: reference },
    payment_intent_data: { metadata: { payment: reference } },
  };
}

test("a session is made, paid, told of and given back", () => withSandbox(async (ready, control) => {
  const stripe = client(ready);
  const box = await mailbox();
  try {
    await control("/notify-urls", { stripe: box.url });
    const made = await stripe.checkout.sessions.create(session("p-1"), { idempotencyKey: "p-1" });
    assert.equal(made.amount_total, 1280);
    assert.equal(made.status, "open");
    assert.ok(made.url.includes(made.id));
    assert.equal((await stripe.checkout.sessions.retrieve(made.id)).client_reference_id, "p-1");

    await control("/stripe/pay/p-1");
    const message = await box.next();
    const { webhook_secret: secret } = ready.stripe;
    const event = stripe.webhooks.constructEvent(message.body, message.headers["stripe-signature"], secret);
    assert.equal(event.type, "checkout.session.completed");
    assert.equal(event.data.object.metadata.payment, "p-1");
    const altered = Buffer.from(message.body.toString().replace("p-1", "p-2"));
    assert.throws(() => stripe.webhooks.constructEvent(altered, message.headers["stripe-signature"], secret));

    const paid = await stripe.checkout.sessions.retrieve(made.id, { expand: ["payment_intent.latest_charge"] });
    assert.equal(paid.payment_status, "paid");
    assert.equal(paid.payment_intent.latest_charge.amount_refunded, 0);
    const refund = await stripe.refunds.create(
      { payment_intent: paid.payment_intent.id, amount: 280, metadata: { refund: "r-1" } }, { idempotencyKey: "r-1" });
    assert.equal(refund.status, "succeeded");
    const refunds = await stripe.refunds.list({ payment_intent: paid.payment_intent.id });
    assert.deepEqual(refunds.data.map((one) => one.metadata.refund), ["r-1"]);
    assert.equal((await stripe.refunds.retrieve(refund.id)).amount, 280);
  } finally {
    box.close();
  }
}));

test("sessions are listed and expired, and errors are Stripe's", () => withSandbox(async (ready) => {
  const stripe = client(ready);
  const ids = [];
  for (const reference of ["p-1", "p-2", "p-3"]) ids.push((await stripe.checkout.sessions.create(session(reference))).id);
  const seen = [];
  for await (const one of stripe.checkout.sessions.list({ limit: 1, created: { gte: 0 } })) seen.push(one.id);
  assert.deepEqual(seen.sort(), ids.sort());
  assert.equal((await stripe.checkout.sessions.expire(ids[0])).status, "expired");
  await assert.rejects(stripe.checkout.sessions.expire(ids[0]), { type: "StripeInvalidRequestError" });
  await assert.rejects(stripe.checkout.sessions.retrieve("cs_none"), { code: "resource_missing", statusCode: 404 });
  await stripe.checkout.sessions.create(session("p-4"), { idempotencyKey: "k" });
  await assert.rejects(stripe.checkout.sessions.create(session("p-5"), { idempotencyKey: "k" }), { type: "StripeIdempotencyError" });
  const stranger = new Stripe("sk_test_wrong", { ...OPTIONS, host: "127.0.0.1", port: new URL(ready.stripe.base_url).port });
  await assert.rejects(stranger.refunds.list({}), { type: "StripeAuthenticationError" });
}));
