// The office of a consortium: what waits in all facilities, and money put right at one of them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { journey, ordered, paid, state } from "./stage.mjs";

test("an officer gives money back at one of the consortium's shops", () => journey("office", async (stage) => {
  const page = await paid(stage);
  await state(page, "submitted").waitFor();

  const office = await stage.signIn("paypay-officer", { viewport: { width: 1180, height: 820 } });
  await stage.look(office, "desk");
  await office.getByTestId("go-facilities").click();
  // The demo's first facility was registered first: it stands on the last page.
  await office.getByTestId("list-more").click();
  const shop = office.getByTestId(`facility-${stage.facility.code}`);
  await shop.waitFor();
  await stage.look(office, "facilities");
  await shop.getByRole("link").first().click();
  await office.getByTestId("give-back").click();
  await office.getByTestId("redress-amount").fill("100");
  await office.getByTestId("redress-confirm").click();
  await office.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await office.getByTestId("redress-reason").fill("お客さまと話しました");
  await office.getByTestId("redress-confirm").click();
  await office.getByTestId("said").waitFor();
  await stage.look(office, "given-back");
  const given = async () => (await stage.payments()).some(({ refunds }) => refunds.some(({ amount }) => amount === 100));
  while (!(await given())) await page.waitForEvent("response", { timeout: 1_000 }).catch(() => {});
  await stage.look(page, "phone");

  // What is left of it, of all shops together and of this one.
  const paidHere = async () => (await office.getByTestId("sum-paid").innerText()).split("\n")[0];
  await office.getByTestId("go-settlement").click();
  await office.getByTestId("settlement-days").waitFor();
  await stage.look(office, "settlement");
  const all = await paidHere();
  const saved = office.waitForEvent("download");
  await office.getByTestId("settlement-file").click();
  assert.match(await readFile(await (await saved).path(), "utf8"), new RegExp(stage.facility.id ?? "fac_"));
  await office.getByTestId("go-facilities").click();
  await shop.getByTestId("facility-settlement").click();
  await office.getByTestId("settlement-days").waitFor();
  assert.equal(await paidHere(), all, "only this shop sold something");
  await office.goBack();
  await shop.getByRole("link").first().click();
  await office.getByTestId("give-back").waitFor();

  // Back and forth by the browser's own buttons; another language; signed out.
  await office.goBack();
  await shop.waitFor();
  await office.getByTestId("go-desk").click();
  await office.getByTestId("nothing-waits").waitFor();
  await office.getByTestId("sign-out").click();
  await office.getByTestId("login-user").waitFor();
}));

test("an officer sees money that waits at a shop and settles it", () => journey("office-waits", async (stage) => {
  const page = await ordered(stage);
  await stage.control("POST", "/faults", { query: "wrong_amount" });
  await page.getByTestId("approve").click();
  const office = await stage.signIn("paypay-officer", { viewport: { width: 390, height: 844 } });
  const waiting = office.locator('[data-kind="stranded"]');
  await waiting.waitFor({ timeout: 60_000 });
  await stage.look(office, "desk");
  await office.getByTestId("way-RedressClose").click();
  await office.getByTestId("redress-reason").fill("加盟店と確認しました");
  await stage.look(office, "reason");
  await office.getByTestId("redress-confirm").click();
  await office.getByTestId("nothing-waits").waitFor();
}));
