// Measures the first load of three pages with Lighthouse: mobile preset, simulated slow 4G, a processor four times slower,
// nothing cached. Gets the ready lines of server and sandbox by the environment and a number of rounds; writes medians as JSON
// to stdout.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [server, sandbox, rounds] = ["SERVER", "SANDBOX", "ROUNDS"].map((name) => JSON.parse(process.env[`OKINI_${name}`]));
const [shop] = server.facilities;
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=ja"];

// Asks a program and tells what it said.
async function ask(method, url, { body, ...headers } = {}) {
  const response = await fetch(url, { method, body: body && JSON.stringify(body),
    headers: { ...(body && { "content-type": "application/json" }), ...headers } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${text}`);
  return { json: text && JSON.parse(text), cookies: response.headers.getSetCookie() };
}

// An order of three dishes, paid and waiting for the shop: its page, and the cookie of the phone that ordered.
async function paidOrder() {
  const api = `${server.url}/api/v1`;
  const { json: menu } = await ask("GET", `${api}/facilities/${shop.code}/menu?lang=ja`);
  const plain = menu.categories.flatMap(({ items }) => items).filter((item) => !item.groups && !item.alcohol && item.left === undefined);
  const lines = plain.slice(0, 3).map((item) => ({ item: item.id, quantity: 1, place: "eat_in", seen: item.price }));
  const total = lines.reduce((sum, { seen }) => sum + seen, 0);
  const { json: order, cookies } = await ask("POST", `${api}/orders`, { "idempotency-key": crypto.randomUUID(),
    body: { facility: shop.code, seat: shop.seats[6].token, lines, expected_total: total, lang: "ja" } });
  const at = `${api}/orders/${order.token}`;
  await ask("POST", `${at}/payments`, { "idempotency-key": crypto.randomUUID(), body: { provider: "paypay" } });
  const { json: payments } = await ask("GET", `${sandbox.control}/paypay/payments`);
  const { merchantPaymentId } = payments.find(({ status }) => status === "CREATED");
  await ask("POST", `${sandbox.control}/paypay/pay/${merchantPaymentId}`);
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await ask("GET", at)).json.state === "submitted") break;
    await pause(200);
  }
  return { url: `${server.url}/o/${order.token}`, cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") };
}

// One load by a browser that has never been there. A recording sometimes fails in the browser itself; it is made again.
async function load({ url, cookie }, tries = 3) {
  const profile = await mkdtemp(path.join(tmpdir(), "okini-first-load-"));
  const browser = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: FLAGS, userDataDir: profile, logLevel: "silent" });
  try {
    const { lhr } = await lighthouse(url, { port: browser.port, logLevel: "error", output: "json",
      onlyCategories: ["performance", "accessibility", "best-practices"], extraHeaders: cookie && { Cookie: cookie } });
    if (!lhr.runtimeError) return figures(lhr);
    if (tries === 1) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    console.error(`  measured again: ${lhr.runtimeError.code}`);
  } finally {
    browser.kill();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  return load({ url, cookie }, tries - 1);
}

function figures({ audits, categories }) {
  const score = (name) => Math.round(categories[name].score * 100);
  const value = (name) => audits[name].numericValue;
  const requests = audits["network-requests"].details.items;
  const bytes = { document: 0, stylesheet: 0, script: 0, wasm: 0, image: 0, other: 0 };
  for (const { resourceType, url, transferSize } of requests) {
    const kind = url.endsWith(".wasm") ? "wasm" : resourceType?.toLowerCase();
    bytes[kind in bytes ? kind : "other"] += transferSize;
  }
  // What costs points, apart from the times themselves.
  const lost = ["accessibility", "best-practices"].flatMap((name) => categories[name].auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1).map(({ id }) => id);
  return { lcp_ms: value("largest-contentful-paint"), fcp_ms: value("first-contentful-paint"),
    tbt_ms: value("total-blocking-time"), cls: value("cumulative-layout-shift"), performance: score("performance"),
    accessibility: score("accessibility"), best_practices: score("best-practices"), requests: requests.length, bytes, lost };
}

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function median(runs) {
  const result = { runs: runs.map(({ lcp_ms }) => Math.round(lcp_ms)) };
  for (const name of Object.keys(runs[0])) {
    const values = runs.map((run) => run[name]);
    if (name === "bytes") {
      result.bytes = Object.fromEntries(Object.keys(values[0]).map((kind) => [kind, middle(values.map((one) => one[kind]))]));
    } else if (name === "lost") {
      result.lost = [...new Set(values.flat())];
    } else {
      result[name] = name === "cls" ? Number(middle(values).toFixed(3)) : Math.round(middle(values));
    }
  }
  return result;
}

const pages = { menu: { url: `${server.url}/f/${shop.code}` }, order: await paidOrder(), console: { url: server.console_url } };
const runs = Object.fromEntries(Object.keys(pages).map((name) => [name, []]));
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, page] of Object.entries(pages)) {
    const run = await load(page);
    runs[name].push(run);
    console.error(`  ${round}/${rounds} ${name}: LCP ${Math.round(run.lcp_ms)} ms, performance ${run.performance}`);
  }
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, median(list)]))));
