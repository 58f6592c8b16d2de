import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { called, type Json, Stage } from "./stage.ts";

describe("connecting an account at a real authorization server", () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await Stage.open();
    browser = await stage.signIn("user-1");
  });
  afterAll(() => stage.close());

  const calendar = (token: string) =>
    fetch(`${stage.provider.issuer}/api/calendar`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const tokenOf = (id: string) => stage.api("GET", `/v1/connections/${id}/token`);

  test("goes from the consent page to a token that works, a refresh, and a revocation", async () => {
    const begun = await stage.begin(browser, { redirectUrl: "/done?tab=1#top" });
    const answer = await browser.open(await stage.consent(begun));
    expect(answer.status).toBe(303);
    const expected = `/done?tab=1&tenon=connected&provider=practice&flow=${begun.flow}#top`;
    expect(answer.headers.get("location")).toBe(stage.url + expected);

    const { body } = await called(await browser.call("GET", "/v1/connections"));
    expect(body.data.summary).toMatchObject({ total: 1, connected: 1 });
    const [connection] = body.data.connections;
    expect(connection).toMatchObject({ provider: "practice", status: "connected" });
    expect(Date.parse(connection.expiresAt)).toBeGreaterThan(Date.now());

    const handed = await tokenOf(connection.id);
    expect(handed.status).toBe(200);
    expect(handed.headers.get("cache-control")).toBe("no-store");
    const token = handed.body.data.accessToken;
    expect((await calendar(token)).status).toBe(200);

    const path = `/v1/connections/${connection.id}/refresh`;
    const refreshed = await called(await browser.call("POST", path, { force: true }));
    expect(refreshed.status).toBe(200);
    const second = (await tokenOf(connection.id)).body.data.accessToken;
    expect(second).not.toBe(token);
    expect((await calendar(second)).status).toBe(200);

    const ended = await called(await browser.call("DELETE", `/v1/connections/${connection.id}`));
    expect(ended.body.data).toMatchObject({ status: "disconnected", revocation: "done" });
    expect((await calendar(second)).status).toBe(401);
    expect((await tokenOf(connection.id)).status).toBe(404);
  });

  test("answers the callback with 303, no-store, no-referrer, and a clean address [R16]", async () => {
    const begun = await stage.begin(browser);
    const callback = await stage.consent(begun);
    const answer = await browser.open(callback);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    const location = answer.headers.get("location") ?? "";
    expect(location).not.toContain(begun.state);
    expect(location).not.toContain(new URL(callback).searchParams.get("code"));
  });

  test("gives a callback that the same browser repeats the same answer, for one code", async () => {
    const begun = await stage.begin(browser);
    const callback = await stage.consent(begun);
    stage.provider.requests.clear();
    const first = await browser.open(callback);
    const second = await browser.open(callback);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(stage.provider.requests.count("token")).toBe(1);
  });

  test("exchanges the code once for 50 concurrent callbacks with one state [R6]", async () => {
    const begun = await stage.begin(browser);
    const callback = await stage.consent(begun);
    stage.provider.requests.clear();
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.open(callback)));
    expect(stage.provider.requests.count("token")).toBe(1);
    const locations = new Set(answers.map((answer) => answer.headers.get("location")));
    expect([...locations]).toEqual([expect.stringContaining("tenon=connected")]);
  });

  test("keeps one connection for an account that is connected again", async () => {
    const another = await stage.signIn("user-2");
    await stage.connect(another);
    await stage.connect(another);
    const { body } = await called(await another.call("GET", "/v1/connections"));
    expect(body.data.connections).toHaveLength(1);
  });

  test("keeps the tokens through a kill -9 and a restart", async () => {
    const owner = await stage.signIn("user-4");
    const connection = await stage.connect(owner);
    await stage.restart();
    const token = (await tokenOf(connection.id)).body.data.accessToken;
    expect((await calendar(token)).status).toBe(200);
    expect((await owner.call("GET", "/v1/sessions/current")).status).toBe(200);
  });

  test("asks for exactly one registered redirect address, whatever Host and body say [R12]", async () => {
    const { body } = await stage.api("POST", "/v1/connect/practice", { userId: "user-1" });
    const registered = `${stage.url}/v1/callback/practice`;
    expect(new URL(body.data.authUrl).searchParams.get("redirect_uri")).toBe(registered);
    const forged = { userId: "user-1", redirectUri: "https://evil.example" };
    const refused = await stage.api("POST", "/v1/connect/practice", forged);
    expect(refused.body.error).toMatchObject({ code: "VALIDATION_ERROR", field: "redirectUri" });
    const hosted = await fetch(`http://localhost:${stage.port}/v1/connect/practice`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${stage.keys.acme}`,
        "content-type": "application/json",
        "x-forwarded-host": "evil.example",
      },
      body: JSON.stringify({ userId: "user-1" }),
    });
    const { data } = (await hosted.json()) as Json;
    expect(new URL(data.authUrl).searchParams.get("redirect_uri")).toBe(registered);
  });

  test("refuses to return to another site [R11]", async () => {
    for (const redirectUrl of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
      const refused = await stage.api("POST", "/v1/connect/practice", {
        userId: "user-1",
        redirectUrl,
      });
      expect(refused.body.error.code, redirectUrl).toBe("INVALID_REDIRECT_URL");
    }
  });

  test("refuses to give up the browser binding for a session of either kind [R4]", async () => {
    const unbound = { binding: "none" };
    const cookie = await called(await browser.call("POST", "/v1/connect/practice", unbound));
    const handed = await stage.api("POST", "/v1/sessions", { userId: "user-1" });
    const { token } = handed.body.data;
    const bearer = await stage.api("POST", "/v1/connect/practice", unbound, token);
    for (const answer of [cookie, bearer]) {
      expect(answer.status).toBe(403);
      expect(answer.body.error).toMatchObject({ code: "FORBIDDEN", field: "binding" });
    }
    const bound = await stage.api("POST", "/v1/connect/practice", {}, token);
    expect(bound.headers.getSetCookie()).toEqual([expect.stringContaining("tenon-")]);
    const elsewhere = await new Browser(stage.url).open(await stage.consent(bound.body.data));
    expect(elsewhere.status).toBe(403);
    expect(stage.reasonOf(elsewhere)).toBe("binding_missing");
  });

  test("works for a server that asks for no browser binding by name", async () => {
    const fields = { userId: "user-5", binding: "none" };
    const { body, headers } = await stage.api("POST", "/v1/connect/practice", fields);
    expect(headers.getSetCookie()).toEqual([]);
    const answer = await new Browser(stage.url).open(await stage.consent(body.data));
    expect(answer.headers.get("location")).toContain("tenon=connected");
  });
});

describe("an access token that has run out", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: 600 });
  });
  afterAll(() => stage.close());

  test("refreshes once for many callers of one expired token [R36]", async () => {
    const connection = await stage.connect(await stage.signIn("user-1"));
    const path = `/v1/connections/${connection.id}/token`;
    const before = (await stage.api("GET", path)).body.data.accessToken;
    await stage.restart({ PROBE_CLOCK_MS: "660000" });
    stage.provider.requests.clear();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stage.api("GET", path)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    const tokens = new Set(answers.map(({ body }) => body.data.accessToken));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(before);
    expect(stage.provider.requests.count("token")).toBe(1);
  });
});
