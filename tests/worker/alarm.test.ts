import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Control, openControl } from "./control.ts";
import { type Json, Stage } from "./stage.ts";

/** How long before its time a process dies: time enough for another start. */
const waitMs = 5000;

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

  const routeOf = ({ id }: Json): string => id.slice(4, 26);
  const alarmAt = async (connection: Json): Promise<Json> =>
    (await fetch(`${stage.url}/probe/alarm/${routeOf(connection)}`)).json();

  const disarm = (connection: Json) => fetch(`${stage.url}/probe/disarm/${routeOf(connection)}`);

  test("outlives ten failures of its handler in a row and then does its work [R92]", async () => {
    const browser = await stage.signIn("ada");
    const connection = await stage.connect(browser);
    stage.provider.faults.set({ endpoint: "revocation", status: 503 });
    await browser.call("DELETE", `/v1/connections/${connection.id}`);
    stage.provider.requests.clear();

    // The queued revocation is due in a minute; this worker's clock is past that.
    await stage.restart({ PROBE_URL: control.url, PROBE_CLOCK_MS: "90000" });
    control.failNext(10);
    const rung = await fetch(`${stage.url}/probe/ring/${routeOf(connection)}`);
    expect(rung.status).toBe(204);
    const revocations = () => stage.provider.requests.count("revocation");
    await expect.poll(revocations, { timeout: 30_000 }).toBeGreaterThan(0);
    const failures = stage.log.filter((line) => line.event === "alarm.failed");
    expect(failures.length).toBe(10);
  });

  test("is armed again as soon as its object wakes when it was lost [R92]", async () => {
    const browser = await stage.signIn("grace");
    const connection = await stage.connect(browser, "grace");
    stage.provider.faults.set({ endpoint: "revocation", status: 503 });
    await browser.call("DELETE", `/v1/connections/${connection.id}`);
    await disarm(connection);
    expect(await alarmAt(connection)).toBeNull();
    await stage.restart();
    await expect.poll(() => alarmAt(connection)).not.toBeNull();
    // For the revocation, which is tried again soon.
    expect(await alarmAt(connection)).toBeGreaterThan(Date.now());
    expect(await alarmAt(connection)).toBeLessThan(Date.now() + 600_000);
  });

  test("goes off after a restart when the process died between setting it and its time [R92]", async () => {
    const connection = await stage.connect(await stage.signIn("joan"), "joan");
    await disarm(connection);
    await stage.restart();
    await expect.poll(() => alarmAt(connection)).not.toBeNull();
    // A clock on which it is nearly time; the alarm is set again on it.
    const aheadMs = (await alarmAt(connection)) - Date.now() - waitMs;
    const clock = { PROBE_CLOCK_MS: String(aheadMs) };
    await disarm(connection);
    await stage.restart(clock);
    await expect.poll(() => alarmAt(connection)).not.toBeNull();
    stage.provider.requests.clear();
    await stage.restart(clock);
    // Nobody calls: only the alarm can bring this about.
    const refreshes = () => stage.provider.requests.count("token");
    expect(refreshes()).toBe(0);
    await expect.poll(refreshes, { timeout: 20_000 }).toBe(1);
  });
});
