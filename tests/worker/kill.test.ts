import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./browser.ts";
import { type Control, openControl } from "./control.ts";
import { called, type Json, Stage } from "./stage.ts";

// The probe worker asks the control server before each effect. The control server kills the whole
// process at the chosen one, so what the flow did before it is done, and nothing after it is.

/** The clock goes on by more than a dead process can hold a record, so that no test waits for it. */
const holdMs = 30_000;
/** When a queued revocation is due, and then some. */
const queuedMs = 90_000;

/** The route of the user's object, which the session cookie names. */
const routeOf = (browser: Browser) =>
  browser.cookie("tenon-session")?.split("ses_")[1]?.slice(0, 22) ?? "";

describe("a kill -9 between two effects", () => {
  let stage: Stage;
  let control: Control;
  beforeAll(async () => {
    control = await openControl();
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: 3600 });
    await stage.restart({ PROBE_URL: control.url });
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });
  afterEach(() => control.clear());

  const restart = async (env: Record<string, string> = {}) => {
    await stage.worker.exited;
    control.clear();
    await stage.start({ PROBE_URL: control.url, ...env });
  };
  /** Runs a step during which the process dies at the nth effect; gives false when it survives. */
  const killedAt = async (
    count: number,
    browser: Browser,
    step: () => Promise<unknown>,
  ): Promise<boolean> => {
    control.clear();
    let killed = false;
    const death = new Promise<void>((dead) => {
      const stopped = () => {
        killed = true;
        void stage.worker.kill("SIGKILL").then(() => dead());
      };
      control.stopAt({ count, route: routeOf(browser), stopped });
    });
    await Promise.race([step().catch(() => undefined), death]);
    if (!killed) control.clear();
    return killed;
  };
  const connections = async (browser: Browser): Promise<Json[]> => {
    const { body } = await called(await browser.call("GET", "/v1/connections"));
    return body.data.connections;
  };
  const codeRequests = () => stage.provider.requests.count("token");

  test("of connect leaves nothing in the way of a new start", async () => {
    let kills = 0;
    for (let count = 1; ; count += 1) {
      const browser = await stage.signIn(`connect-${count}`);
      const killed = await killedAt(count, browser, () => stage.begin(browser));
      if (!killed) break;
      kills += 1;
      await restart();
      expect(await connections(browser), `after kill ${count}`).toEqual([]);
      expect(await stage.connect(browser)).toMatchObject({ status: "connected" });
    }
    expect(kills).toBeGreaterThanOrEqual(4);
  });

  test("of the callback ends in a connection or a clean new start, and spends no code twice [R6] [R25]", async () => {
    const outcomes: string[] = [];
    for (let count = 1; ; count += 1) {
      const browser = await stage.signIn(`callback-${count}`);
      const begun = await stage.begin(browser);
      const callback = await stage.consent(begun);
      stage.provider.requests.clear();
      const killed = await killedAt(count, browser, () => browser.open(callback));
      if (!killed) break;
      const at = control.effects.at(-1);
      await restart({ PROBE_CLOCK_MS: String(count * holdMs) });

      const retried = await browser.open(callback);
      const location = retried.headers.get("location") ?? "";
      const title = `killed before effect ${count}, ${at}: ${retried.status} ${location}`;
      expect(location, title).toMatch(/tenon=connected|tenon=failed&code=interrupted/);
      const connected = location.includes("tenon=connected");
      outcomes.push(connected ? "connected" : "start again");
      expect(codeRequests(), title).toBeLessThanOrEqual(1);
      expect(await connections(browser), title).toHaveLength(connected ? 1 : 0);

      const repeated = await browser.open(callback);
      expect(repeated.headers.get("location"), title).toBe(location);
      expect(codeRequests(), title).toBeLessThanOrEqual(1);

      expect(await stage.connect(browser), title).toMatchObject({ status: "connected" });
      expect(await connections(browser), title).toHaveLength(1);
    }
    // Only the time between taking the record and keeping the answer is beyond saving.
    expect(outcomes.length).toBeGreaterThanOrEqual(8);
    expect(outcomes[0]).toBe("connected");
    expect(outcomes.at(-1)).toBe("connected");
    expect(outcomes).toContain("start again");
  }, 300_000);

  test("of a disconnect loses neither the disconnect nor the revocation [R33] [R92]", async () => {
    const left: { token: string; route: string }[] = [];
    await stage.restart({ PROBE_URL: control.url });
    for (let count = 1; ; count += 1) {
      const browser = await stage.signIn(`disconnect-${count}`);
      const connection = await stage.connect(browser);
      const path = `/v1/connections/${connection.id}`;
      const token = await stage.api("GET", `${path}/token`);
      const killed = await killedAt(count, browser, () => browser.call("DELETE", path));
      if (!killed) break;
      await restart();
      const { body } = await called(await browser.call("GET", path));
      if (body.data.connection.isConnected) await browser.call("DELETE", path);
      left.push({ token: token.body.data.accessToken, route: routeOf(browser) });
    }
    expect(left.length).toBeGreaterThanOrEqual(5);
    // What was queued is done by the alarms, which must have been set: ringing sets none.
    await stage.restart({ PROBE_CLOCK_MS: String(queuedMs) });
    for (const { token, route } of left) {
      const usable = async () => {
        await fetch(`${stage.url}/probe/ring/${route}`);
        return isUsable(token);
      };
      await expect.poll(usable, { timeout: 30_000, interval: 250 }).toBe(false);
    }
  }, 300_000);

  const isUsable = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${stage.provider.issuer}/api/calendar`, { headers });
    await answer.body?.cancel();
    return answer.status === 200;
  };
});
