// The official Standard Webhooks libraries for Node and for Python judge what our server sends.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "./programs.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// A demo server that may speak to this machine, and its first shop's owner: `owner(METHOD, PATH, BODY)`.
async function withOwner(test) {
  const data = await mkdtemp(path.join(tmpdir(), "okini-webhooks-"));
  const settings = path.join(data, "okini.toml");
  await writeFile(settings, "[webhooks]\nprivate_networks = true\n");
  const server = await start(process.env.OKINI_BIN, ["demo", "--port", "0", "--data", data, "--config", settings]);
  try {
    const { url, logins: [login], facilities: [shop] } = server.ready;
    let token;
    const call = async (method, where, body) => {
      const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
      const response = await fetch(`${url}/api/v1${where}`, { method, headers, body: body && JSON.stringify(body) });
      if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    token = (await call("POST", "/session", { user: login.user, password: login.password })).access_token;
    await test((method, where, body) => call(method, `/shops/${shop.id}${where}`, body));
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
}

async function judged(file, script) {
  const receiver = await start(file, [here(script)]);
  const { url } = receiver.ready;
  const keep = async (secret) => { receiver.say({ secret }); assert.equal((await receiver.next()).secret, "taken"); };
  const again = async ({ headers, body }) => {
    const { status } = await fetch(url, { method: "POST", headers, body });
    return { status, ...(await receiver.next()) };
  };
  try {
    await withOwner(async (owner) => {
      const { webhook, secret } = await owner("POST", "/webhooks", { url });
      await keep(secret);
      const fire = async () => {
        await owner("POST", `/webhooks/${webhook.id}/test`);
        const { headers, body, refused } = await receiver.next();
        const message = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")));
        return { headers: message, body, refused, signatures: message["webhook-signature"].split(" ").length };
      };

      const first = await fire();
      assert.ok(!first.refused, first.refused);
      assert.equal(first.signatures, 1);
      assert.equal(JSON.parse(first.body).type, "webhook.test");
      assert.equal((await again(first)).status, 204);
      const altered = { ...first, body: first.body.replace("webhook.test", "order.submitted") };
      const renamed = { ...first, headers: { ...first.headers, "webhook-id": "evt_other" } };
      const stale = { ...first, headers: { ...first.headers, "webhook-timestamp": String(first.headers["webhook-timestamp"] - 3600) } };
      for (const wrong of [altered, renamed, stale]) {
        const answer = await again(wrong);
        assert.equal(answer.status, 400);
        assert.ok(answer.refused);
      }

      // While a secret is changed both sign: the receiver may take the new one sooner or later.
      const rotated = await owner("POST", `/webhooks/${webhook.id}/rotate`);
      assert.notEqual(rotated.secret, secret);
      const between = await fire();
      assert.equal(between.signatures, 2);
      assert.ok(!between.refused, "by the old secret");
      await keep(rotated.secret);
      assert.equal((await again(between)).status, 204, "by the new secret");
      assert.equal((await again(first)).status, 400, "what only the old secret signed");
      const last = await fire();
      assert.ok(!last.refused);

      // The owner's log says the same.
      const { deliveries } = await owner("GET", `/webhooks/${webhook.id}/deliveries`);
      assert.deepEqual(deliveries.map(({ message }) => message), [last, between, first].map(({ headers }) => headers["webhook-id"]));
    });
  } finally {
    await receiver.stop();
  }
}

test("by standardwebhooks for Node", () => judged(process.execPath, "receiver.mjs"));
test("by standardwebhooks for Python", () => judged(process.env.OKINI_PYTHON, "receiver.py"));
