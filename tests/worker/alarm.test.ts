import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Control, openControl } from "./control.ts";
import { Stage } from "./stage.ts";

describe("the alarm", () => {
  let stage: Stage;
  let control: Control;
  beforeAll(async () => {
    control = await openControl();
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: 3600 });
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });

  test("outlives ten failures of its handler in a row and then does its work [R92]", async () => {
    const browser = await stage.signIn("ada");
    const connection = await stage.connect(browser);
    stage.provider.faults.set({ endpoint: "revocation", status: 503 });
    await browser.call("DELETE", `/v1/connections/${connection.id}`);
    stage.provider.requests.clear();

    // The queued revocation is due in a minute; this worker's clock is past that.
    await stage.restart({ PROBE_URL: control.url, PROBE_CLOCK_MS: "90000" });
    control.failNext(10);
    const route = connection.id.slice("con_".length, "con_".length + 22);
    expect((await fetch(`${stage.url}/probe/ring/${route}`)).status).toBe(204);
    const revocations = () => stage.provider.requests.count("revocation");
    await expect.poll(revocations, { timeout: 30_000 }).toBeGreaterThan(0);
    const failures = stage.log.filter((line) => line.event === "alarm.failed");
    expect(failures.length).toBe(10);
  });

  test("is armed again by the next call when it was lost with work still to do [R92]", async () => {
    const browser = await stage.signIn("grace");
    const connection = await stage.connect(browser, "grace");
    stage.provider.faults.set({ endpoint: "revocation", status: 503 });
    await browser.call("DELETE", `/v1/connections/${connection.id}`);
    const route = connection.id.slice("con_".length, "con_".length + 22);
    const alarmAt = async () => (await fetch(`${stage.url}/probe/alarm/${route}`)).json();
    const set = await alarmAt();
    expect(set).toBeGreaterThan(Date.now());
    await fetch(`${stage.url}/probe/disarm/${route}`);
    await stage.restart();
    expect(await alarmAt()).toBeNull();
    await browser.call("GET", "/v1/connections");
    expect(await alarmAt()).toBe(set);
  });
});
