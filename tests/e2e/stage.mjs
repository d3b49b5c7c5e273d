// A stage for one journey: sandbox and demo server as real programs on free ports, a phone and a kitchen tablet in a real
// Chromium. Console errors, page errors and unexpected failed requests fail the journey.
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SCREENS = path.join(ROOT, "target/e2e-screens");
const DEMO = JSON.parse(await readFile(path.join(ROOT, "server/demo/facilities.json"), "utf8"));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

// Starts a program and waits for its ready line.
async function program(file, args) {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (data) => { log = (log + data).slice(-20_000); });
  const lines = readline.createInterface({ input: child.stdout });
  const ready = await Promise.race([
    new Promise((resolve) => lines.once("line", resolve)),
    new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`${file} ended with ${code}: ${log}`)))),
  ]);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => { child.kill("SIGTERM"); await ended; };
  return { line: ready, ready: JSON.parse(ready), stop, log: () => log };
}

// Runs a journey on its own stage; whatever happens, everything it started is ended.
export async function journey(name, play, { settings = "", shop = "hiyodori" } = {}) {
  const stage = await open(name, settings, shop);
  try {
    await play(stage);
  } catch (error) {
    await stage.lookAtAll("failed").catch(() => {});
    error.message += `\nserver log:\n${stage.server.log().slice(-3000)}`;
    throw error;
  } finally {
    await stage.close();
  }
  stage.complain();
}

async function open(name, settings, shop) {
  const data = await mkdtemp(path.join(tmpdir(), "okini-journey-"));
  const sandbox = await program(process.env.OKINI_SANDBOX_BIN, ["--port", "0"]);
  const args = ["demo", "--port", "0", "--data", data, "--sandbox", sandbox.line];
  if (settings) {
    await writeFile(path.join(data, "okini.toml"), settings);
    args.push("--config", path.join(data, "okini.toml"));
  }
  // What is started already ends with what cannot be started: a program that stays would keep the whole run waiting.
  const server = await program(process.env.OKINI_BIN, args).catch(async (error) => { await sandbox.stop(); throw error; });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS })
    .catch(async (error) => { await Promise.all([server.stop(), sandbox.stop()]); throw error; });
  await mkdir(SCREENS, { recursive: true });
  const { name: { ja } } = DEMO.find(({ key }) => key === shop);
  const stage = new Stage(name, server, sandbox, browser, server.ready.facilities.find((one) => one.name === ja));
  stage.data = data;
  return stage;
}

class Stage {
  constructor(name, server, sandbox, browser, facility) {
    Object.assign(this, { name, server, sandbox, browser, facility, complaints: [], expected: [] });
    this.url = server.ready.url;
    this.screens = 0;
  }

  // A problem that this journey provokes on purpose.
  expect(pattern) { this.expected.push(pattern); }

  watch(page) {
    const complain = (what) => { if (!this.expected.some((pattern) => pattern.test(what))) this.complaints.push(what); };
    page.on("console", (message) => { if (message.type() === "error") complain(`console: ${message.text()} ${message.location().url}`); });
    page.on("pageerror", (error) => complain(`error: ${error.message}`));
    return page;
  }

  async phone(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true,
      locale: "ja-JP", ...options });
    context.setDefaultTimeout(20_000);
    return this.watch(await context.newPage());
  }

  async lookAtAll(what) {
    for (const context of this.browser.contexts()) for (const page of context.pages()) await this.look(page, what);
  }

  // The kitchen's tablet, signed in, with the board open.
  board(user = "hiyodori") { return this.signIn(user, { viewport: { width: 1180, height: 820 } }); }

  // The console on any device, signed in, with the first screen open.
  async signIn(user, options) {
    const context = await this.browser.newContext({ locale: "ja-JP", ...options });
    context.setDefaultTimeout(20_000);
    const page = this.watch(await context.newPage());
    this.expect(/session\/refresh/);
    await page.goto(this.server.ready.console_url);
    await page.getByTestId("login-user").fill(user);
    await page.getByTestId("login-password").fill(this.server.ready.logins[0].password);
    await page.getByTestId("login-submit").click();
    await page.getByTestId("board").or(page.getByTestId("go-desk")).waitFor();
    return page;
  }

  table(index = 6) { return `${this.url}/f/${this.facility.code}/t/${this.facility.seats[index].token}`; }

  async look(page, what) {
    this.screens += 1;
    await page.screenshot({ path: path.join(SCREENS, `${this.name}-${this.screens}-${what}.png`) });
  }

  async control(method, where, body) {
    const response = await fetch(`${this.sandbox.ready.control}${where}`, { method,
      headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${where}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }

  payments(company = "paypay") { return this.control("GET", `/${company}/payments`); }

  // The staff's API, as the console uses it.
  async staff(method, where, body) {
    const user = this.server.ready.logins[0];
    const json = { "content-type": "application/json" };
    const session = await (await fetch(`${this.url}/api/v1/session`, { method: "POST", headers: json,
      body: JSON.stringify({ user: user.user, password: user.password }) })).json();
    const response = await fetch(`${this.url}/api/v1/shops/${this.facility.id}${where}`, { method,
      headers: { ...json, authorization: `Bearer ${session.access_token}` }, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async close() {
    await this.browser.close();
    await Promise.all([this.server.stop(), this.sandbox.stop()]);
    await rm(this.data, { recursive: true, force: true });
  }

  complain() {
    if (this.complaints.length) throw new Error(`the browser complained:\n${this.complaints.join("\n")}`);
  }
}

// Opens the menu at table 7 and waits until the app runs.
export async function menu(page, stage) {
  await page.goto(stage.table());
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

// Items of the menu by what they are, from the API.
export async function items(stage) {
  const response = await fetch(`${stage.url}/api/v1/facilities/${stage.facility.code}/menu?lang=ja`);
  const { categories, groups } = await response.json();
  const all = categories.flatMap((category) => category.items);
  const plain = all.filter((item) => !item.groups && !item.alcohol && item.left === undefined);
  return { all, plain, groups };
}

// Puts an item into the cart.
export async function add(page, item) {
  await page.getByTestId(`add-${item.id}`).click();
  if (item.groups) await page.getByTestId("sheet-add").click();
}

// From the menu to the provider's page.
export async function checkout(page, company = "paypay") {
  await page.getByTestId("cart-button").click();
  await page.getByTestId(`pay-${company}`).click();
  await page.waitForURL(WALLET);
}

// A phone with one plain dish ordered, at the company's page.
export async function ordered(stage) {
  const page = await stage.phone();
  const { plain } = await items(stage);
  await menu(page, stage);
  await add(page, plain[0]);
  await checkout(page);
  return page;
}

// The same, paid and back at the order.
export async function paid(stage) {
  const page = await ordered(stage);
  await page.getByTestId("approve").click();
  await page.getByTestId("return").click();
  return page;
}

// A payment company's page.
export const WALLET = /\/(wallet|checkout)\//;

export const state = (page, name) => page.locator(`[data-testid="order-state"][data-state="${name}"]`);
