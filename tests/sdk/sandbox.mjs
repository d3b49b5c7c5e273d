// The sandbox as a real program on a free port, and somebody who receives its notifications.
import http from "node:http";
import { start } from "./programs.mjs";

// Runs a test with a sandbox of its own and ends everything.
export async function withSandbox(test) {
  const { ready, stop } = await start(process.env.OKINI_SANDBOX_BIN, ["--port", "0"]);
  const control = async (path, body = {}) => {
    const response = await fetch(`${ready.control}${path}`,
      { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  try {
    await test(ready, control);
  } finally {
    await stop();
  }
}

// Takes notifications: `next()` waits for one, with its headers and the bytes of its body.
export async function mailbox() {
  const arrived = [];
  const waiting = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.end("{}");
    const message = { headers: request.headers, body: Buffer.concat(parts) };
    if (waiting.length) waiting.shift()(message); else arrived.push(message);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    next: () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve))),
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
