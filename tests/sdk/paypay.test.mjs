// PayPay's own libraries for Python and for Node, unchanged, against the sandbox.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withSandbox } from "./sandbox.mjs";

test("by paypayopa for Python", () => withSandbox(async (ready) => {
  const script = fileURLToPath(new URL("paypay.py", import.meta.url));
  const { stdout } = await promisify(execFile)(process.env.OKINI_PYTHON, [script, JSON.stringify(ready)]);
  assert.match(stdout, /works/);
}));
