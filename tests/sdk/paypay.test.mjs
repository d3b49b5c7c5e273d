// PayPay's own libraries for Python and for Node, unchanged, against the sandbox.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import http from "node:http";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sdk from "@paypayopa/paypayopa-sdk-node";
import { withSandbox } from "./sandbox.mjs";

test("by paypayopa for Python", () => withSandbox(async (ready) => {
  const script = fileURLToPath(new URL("paypay.py", import.meta.url));
  const { stdout } = await promisify(execFile)(process.env.OKINI_PYTHON, [script, JSON.stringify(ready)]);
  assert.match(stdout, /works/);
}));

// The library's own transport speaks TLS only; it lets another one be set. What is signed stays as it is.
function transport(base) {
  return {
    httpsCall({ apiKey, path, ...options }, payload, callback) {
      const request = http.request({ ...options, path: base.pathname + path }, async (response) => {
        let body = "";
        for await (const part of response.setEncoding("utf8")) body += part;
        callback({ STATUS: response.statusCode, BODY: JSON.parse(body) });
      });
      request.on("error", (error) => callback({ ERROR: error.message }));
      request.end(options.method === "POST" ? JSON.stringify(payload) : undefined);
    },
  };
}

test("by paypayopa for Node", () => withSandbox(async (ready, control) => {
  const { base_url, api_key: clientId, api_secret: clientSecret, merchant_id: merchantId } = ready.paypay;
  const base = new URL(base_url);
  const paypay = new sdk.PayPayRestSDK();
  paypay.configure({ clientId, clientSecret, merchantId, conf: new sdk.Conf({ hostName: base.hostname, portNumber: base.port }) });
  paypay.setHttpsClient(transport(base));
  const code = { merchantPaymentId: "p-1", codeType: "ORDER_QR", amount: { amount: 950, currency: "JPY" },
    orderDescription: "たこ焼き 8個・お好み焼き", redirectUrl: "https://okini.example/back", redirectType: "WEB_LINK" };
  const made = await paypay.qrCodeCreate({ ...code });
  assert.equal(made.STATUS, 201);
  assert.equal(made.BODY.data.merchantPaymentId, "p-1");
  assert.equal((await paypay.qrCodeCreate({ ...code })).BODY.resultInfo.code, "DUPLICATE_DYNAMIC_QR_REQUEST");
  assert.equal((await paypay.getCodePaymentDetails(["p-1"])).BODY.data.status, "CREATED");
  const other = await paypay.qrCodeCreate({ ...code, merchantPaymentId: "p-2" });
  assert.equal((await paypay.qrCodeDelete([other.BODY.data.codeId])).BODY.resultInfo.code, "SUCCESS");

  await control("/paypay/pay/p-1");
  const paid = (await paypay.getCodePaymentDetails(["p-1"])).BODY.data;
  assert.equal(paid.status, "COMPLETED");
  const refund = { merchantRefundId: "r-1", paymentId: paid.paymentId, amount: { amount: 950, currency: "JPY" }, reason: "sold out" };
  assert.equal((await paypay.paymentRefund(refund)).BODY.resultInfo.code, "SUCCESS");
  assert.equal((await paypay.getRefundDetails(["r-1", paid.paymentId])).BODY.data.status, "REFUNDED");
  assert.equal((await paypay.getCodePaymentDetails(["p-1"])).BODY.data.status, "REFUNDED");
}));
