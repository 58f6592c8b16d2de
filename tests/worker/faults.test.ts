import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "./browser.ts";
import { openControl } from "./control.ts";
import { called, type Json, Stage } from "./stage.ts";

const lifetimeS = 600;

describe("a storage that fails", () => {
  test("during a callback sends the browser back where its flow began, with a code", async () => {
    const control = await openControl();
    const stage = await Stage.open({ bundle: "probe" });
    try {
      await stage.restart({ PROBE_URL: control.url });
      const browser = await stage.signIn("ada");
      const begun = await stage.begin(browser, { redirectUrl: "/done" });
      const callback = await stage.consent(begun);
      control.failNext(1);
      const answer = await browser.open(callback);
      const words = `tenon=failed&code=DATABASE_ERROR&flow=${begun.flow}`;
      expect(answer.headers.get("location")).toBe(`${stage.url}/done?${words}`);
      const again = await browser.open(callback);
      expect(again.headers.get("location")).toContain("/done?tenon=connected");
    } finally {
      await stage.close();
      await control.close();
    }
  });
});

describe("an object that fails", () => {
  test("fails its own connections of a batch, and no other's", async () => {
    const control = await openControl();
    const stage = await Stage.open({ bundle: "probe" });
    try {
      await stage.restart({ PROBE_URL: control.url });
      const ada = await stage.signIn("ada");
      const connections = [
        await stage.connect(ada, "ada-1"),
        await stage.connect(await stage.signIn("grace"), "grace"),
        await stage.connect(ada, "ada-2"),
      ];
      control.failNext(1);
      const named = connections.map(({ id }) => ({ connectionId: id }));
      const fields = { connections: named, force: true };
      const { status, body } = await stage.api("POST", "/v1/connections/refresh", fields);
      expect(status).toBe(200);
      const outcomes: Json[] = body.data.outcomes;
      expect(outcomes.map(({ connectionId }) => connectionId)).toEqual(
        connections.map(({ id }) => id),
      );
      // One of the two objects failed, whichever came first.
      expect(outcomes[0]?.ok).toBe(outcomes[2]?.ok);
      expect(outcomes[1]?.ok).toBe(!outcomes[0]?.ok);
      for (const { ok, error } of outcomes) {
        if (!ok) expect(error).toMatchObject({ code: "INTERNAL_ERROR" });
      }
    } finally {
      await stage.close();
      await control.close();
    }
  });
});

describe("a provider that fails", () => {
  let stage: Stage;
  let users = 0;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: lifetimeS });
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.provider.faults.clear());

  let aheadMs = 0;
  /** Puts the worker's clock forward; it never goes back. */
  const pass = async (seconds: number) => {
    aheadMs += seconds * 1000;
    await stage.restart({ PROBE_CLOCK_MS: String(aheadMs) });
  };
  const newcomer = () => {
    users += 1;
    return stage.signIn(`user-${users}`);
  };
  const tokenOf = (connection: Json) => stage.api("GET", `/v1/connections/${connection.id}/token`);
  const statusOf = async (browser: Browser, connection: Json) => {
    const { body } = await called(await browser.call("GET", `/v1/connections/${connection.id}`));
    return body.data.connection.status;
  };

  test("after it has seen the code costs a new start, never a second request [R25]", async () => {
    const browser = await newcomer();
    for (const status of ["reset", "lost"] as const) {
      const callback = await stage.consent(await stage.begin(browser));
      stage.provider.requests.clear();
      stage.provider.faults.set({ endpoint: "token", status });
      const answer = await browser.open(callback);
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toContain("tenon=failed&code=exchange_failed");
      expect(stage.provider.requests.count("token"), status).toBe(1);
    }
    expect(await stage.connect(browser)).toMatchObject({ status: "connected" });
  });

  test("cannot send the token request elsewhere [R27]", async () => {
    const browser = await newcomer();
    const callback = await stage.consent(await stage.begin(browser));
    const location = `${stage.provider.issuer}/me`;
    stage.provider.requests.clear();
    stage.provider.faults.set({ endpoint: "token", status: 307, headers: { location } });
    const answer = await browser.open(callback);
    expect(answer.headers.get("location")).toContain("tenon=failed");
    expect(stage.provider.requests.count("userinfo")).toBe(0);
    expect(stage.provider.requests.count("token")).toBe(1);
  });

  test("is asked again for a token that has run out, and for no other", async () => {
    const browser = await newcomer();
    const connection = await stage.connect(browser);
    const first = await tokenOf(connection);
    expect((await tokenOf(connection)).body.data.accessToken).toBe(first.body.data.accessToken);
    await pass(lifetimeS + 1);
    const second = await tokenOf(connection);
    expect(second.status).toBe(200);
    expect(second.body.data.accessToken).not.toBe(first.body.data.accessToken);
    expect(Date.parse(second.body.data.expiresAt)).toBeGreaterThan(Date.now() + aheadMs);
  });

  test("does not end a connection by being down, and is left alone for a while [R23] [R43]", async () => {
    const browser = await newcomer();
    const connection = await stage.connect(browser);
    await pass(lifetimeS + 1);
    stage.provider.faults.set({ endpoint: "token", status: 503, times: Number.POSITIVE_INFINITY });
    const refused = await tokenOf(connection);
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(refused.body.error.retryable).toBe(true);
    expect(await statusOf(browser, connection)).not.toBe("error");
    stage.provider.faults.clear();
    stage.provider.requests.clear();
    const waitS = Number(refused.headers.get("retry-after"));
    expect(waitS).toBeGreaterThanOrEqual(30);
    expect(refused.body.error.metadata.retryAfterMs).toBeGreaterThan((waitS - 1) * 1000);
    expect(refused.body.error.metadata.retryAfterMs).toBeLessThanOrEqual(waitS * 1000);
    expect((await tokenOf(connection)).status).toBe(503);
    expect(stage.provider.requests.count("token")).toBe(0);
    await pass(waitS);
    expect((await tokenOf(connection)).status).toBe(200);
  });

  test("ends it by refusing the refresh token, and says what to do [R23]", async () => {
    const browser = await newcomer();
    const connection = await stage.connect(browser);
    await pass(lifetimeS + 1);
    const body = JSON.stringify({ error: "invalid_grant" });
    stage.provider.faults.set({ endpoint: "token", status: 400, body, times: 2 });
    const refused = await tokenOf(connection);
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatchObject({ code: "TOKEN_EXPIRED", retryable: false });
    expect(await statusOf(browser, connection)).toBe("expired");
    stage.provider.faults.clear();
    const again = await stage.connect(browser);
    expect(again).toMatchObject({ id: connection.id, status: "connected" });
  });

  test("to say whose the account is leaves tokens safe and the browser where it belongs [R25]", async () => {
    const browser = await newcomer();
    const begun = await stage.begin(browser, { redirectUrl: "/done?tab=1" });
    const callback = await stage.consent(begun);
    stage.provider.requests.clear();
    stage.provider.faults.set({ endpoint: "userinfo", status: 503, times: 3 });
    const answer = await browser.open(callback);
    const words = `tenon=unfinished&provider=practice&flow=${begun.flow}`;
    expect(answer.headers.get("location")).toBe(`${stage.url}/done?tab=1&${words}`);
    const list = async () => (await called(await browser.call("GET", "/v1/connections"))).body.data;
    expect((await list()).connections).toEqual([]);

    // No browser comes back: the alarm asks the provider again.
    await pass(60);
    const route = browser.cookie("tenon-session")?.split("ses_")[1]?.slice(0, 22);
    await fetch(`${stage.url}/probe/ring/${route}`);
    await expect.poll(async () => (await list()).summary.connected, { timeout: 10_000 }).toBe(1);
    expect(stage.provider.requests.count("token")).toBe(1);
    const later = await browser.open(callback);
    expect(later.headers.get("location")).toContain("/done?tab=1&tenon=connected");
  });

  test("gets its revocation later when it cannot take it now [R33]", async () => {
    const browser = await newcomer();
    const connection = await stage.connect(browser);
    stage.provider.faults.set({ endpoint: "revocation", status: 503 });
    const { body } = await called(await browser.call("DELETE", `/v1/connections/${connection.id}`));
    expect(body.data).toMatchObject({ status: "disconnected", revocation: "queued" });
    expect((await tokenOf(connection)).status).toBe(404);
  });
});
