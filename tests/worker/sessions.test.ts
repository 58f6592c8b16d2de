import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { called, Stage } from "./stage.ts";

const hourMs = 3_600_000;

describe("a dashboard session", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "probe" });
  });
  afterAll(() => stage.close());

  const hand = async (userId: string) => {
    const { body } = await stage.api("POST", "/v1/sessions", { userId });
    return body.data.token as string;
  };
  const whoIs = async (browser: Browser) =>
    called(await browser.call("GET", "/v1/sessions/current"));

  test("is handed over in a link's fragment and names the user it belongs to", async () => {
    const { status, body } = await stage.api("POST", "/v1/sessions", { userId: "ada" });
    expect(status).toBe(201);
    expect(body.data.token).toMatch(/^ses_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{43}$/);
    expect(body.data.url).toBe(`${stage.url}/#session=${body.data.token}`);
    const headers = { authorization: `Bearer ${body.data.token}` };
    const current = await called(await fetch(`${stage.url}/v1/sessions/current`, { headers }));
    expect(current.body.data).toMatchObject({ userId: "ada", organizationId: "acme" });
  });

  test("becomes a new one at sign-in, and the handed token is used up [R110]", async () => {
    const token = await hand("ada");
    const browser = new Browser(stage.url);
    const planted = `ses_${"A".repeat(22)}_${"A".repeat(43)}`;
    browser.plant("tenon-session", planted);
    const answer = await browser.call("POST", "/v1/sessions/browser", { token });
    expect(answer.status).toBe(201);
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^tenon-session=ses_.*; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
    );
    expect(browser.cookie("tenon-session")).not.toBe(planted);
    expect(browser.cookie("tenon-session")).not.toBe(token);
    expect((await whoIs(browser)).body.data.userId).toBe("ada");

    const second = await new Browser(stage.url).call("POST", "/v1/sessions/browser", { token });
    expect(second.status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    const bearer = await fetch(`${stage.url}/v1/sessions/current`, { headers });
    expect(bearer.status).toBe(401);
  });

  test("ends the session that it takes the place of, also for a copied cookie [R110]", async () => {
    const browser = await stage.signIn("before");
    const copy = new Browser(stage.url);
    copy.plant("tenon-session", browser.cookie("tenon-session") ?? "");
    const refused = await browser.call("POST", "/v1/sessions/browser", { token: "ses_none" });
    expect(refused.status).toBe(401);
    expect((await whoIs(copy)).body.data.userId).toBe("before");
    await stage.signIn("after", browser);
    expect((await whoIs(browser)).body.data.userId).toBe("after");
    expect((await whoIs(copy)).status).toBe(401);
  });

  test("says before it is traded whom it signs in, and whose session that would end", async () => {
    const browser = await stage.signIn("before");
    const headers = { authorization: `Bearer ${await hand("after")}` };
    const asked = await called(await browser.send("/v1/sessions/current", { headers }));
    expect(asked.body.data).toMatchObject({ userId: "after", standing: { userId: "before" } });
    const fresh = await fetch(`${stage.url}/v1/sessions/current`, { headers });
    expect((await called(fresh)).body.data.standing).toBeNull();
    expect((await whoIs(browser)).body.data.userId).toBe("before");
  });

  test("is traded once when two browsers try at the same time [R110]", async () => {
    const token = await hand("ada");
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        new Browser(stage.url).call("POST", "/v1/sessions/browser", { token }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  });

  test("is not taken from where it does not belong", async () => {
    const browser = await stage.signIn("ada");
    const cookie = browser.cookie("tenon-session") ?? "";
    const headers = { authorization: `Bearer ${cookie}` };
    expect((await fetch(`${stage.url}/v1/sessions/current`, { headers })).status).toBe(401);
    const handed = new Browser(stage.url);
    handed.plant("tenon-session", await hand("ada"));
    expect((await whoIs(handed)).status).toBe(401);
    const double = { cookie: `tenon-session=${cookie}; tenon-session=${cookie}` };
    const twice = await fetch(`${stage.url}/v1/sessions/current`, { headers: double });
    expect(twice.status).toBe(401);
  });

  test("ends on the server at sign-out, also for a copied cookie [R110]", async () => {
    const browser = await stage.signIn("ada");
    const thief = new Browser(stage.url);
    thief.plant("tenon-session", browser.cookie("tenon-session") ?? "");
    expect((await whoIs(thief)).status).toBe(200);
    const answer = await browser.call("DELETE", "/v1/sessions/current");
    expect(answer.status).toBe(200);
    expect(browser.cookie("tenon-session")).toBeUndefined();
    expect((await whoIs(thief)).status).toBe(401);
  });

  test("ends after two idle hours, and after twelve in any case [R110]", async () => {
    const used = await stage.signIn("idle");
    const unused = await stage.signIn("idle");
    const at = async (ms: number) => stage.restart({ PROBE_CLOCK_MS: String(ms) });
    await at(1.9 * hourMs);
    expect((await whoIs(used)).status).toBe(200);
    await at(2.1 * hourMs);
    expect((await whoIs(used)).status).toBe(200);
    expect((await whoIs(unused)).status).toBe(401);
    for (let hours = 3.5; hours < 12; hours += 1.6) {
      await at(hours * hourMs);
      expect((await whoIs(used)).status, `${hours} h`).toBe(200);
    }
    await at(12.1 * hourMs);
    expect((await whoIs(used)).status).toBe(401);
    await stage.restart();
  });

  test("makes room for new ones when a user has too many", async () => {
    const first = await stage.signIn("many");
    for (let count = 0; count < 32; count += 1) await hand("many");
    expect((await whoIs(first)).status).toBe(401);
  });

  test("cannot be made for another organization", async () => {
    const body = { userId: "ada", organizationId: "globex" };
    expect((await stage.api("POST", "/v1/sessions", body)).status).toBe(403);
    const own = { userId: "ada", organizationId: "acme" };
    expect((await stage.api("POST", "/v1/sessions", own)).status).toBe(201);
  });
});

describe("a session behind https", () => {
  const origin = "https://tenon.example";

  test("has a cookie bound to the host and sent over TLS only, and HSTS [R110] [R112]", async () => {
    const stage = await Stage.open({ env: { TENON_PUBLIC_URL: origin, TENON_PROVIDERS: "[]" } });
    const { body } = await stage.api("POST", "/v1/sessions", { userId: "ada" });
    expect(body.data.url).toBe(`${origin}/#session=${body.data.token}`);
    const answer = await fetch(`${stage.url}/v1/sessions/browser`, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
      body: JSON.stringify({ token: body.data.token }),
    });
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=63072000");
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-tenon-session=ses_[^;]+; Path=\/; .*; Secure$/);
    expect(cookie).not.toContain("Domain");
    await stage.close();
  });
});

describe("a state change by cookie", () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await Stage.open();
    browser = await stage.signIn("ada");
  });
  afterAll(() => stage.close());

  const json = { "content-type": "application/json" };
  const forms: [title: string, headers: Record<string, string>, body: string][] = [
    [
      "a form as text/plain",
      { "content-type": "text/plain", origin: "https://evil.example" },
      "{}",
    ],
    ["another site", { ...json, "sec-fetch-site": "cross-site" }, "{}"],
    ["a sibling domain", { ...json, "sec-fetch-site": "same-site" }, "{}"],
    ["another origin", { ...json, origin: "https://evil.example" }, "{}"],
    ["an opaque origin", { ...json, origin: "null" }, "{}"],
    ["no origin at all", { ...json }, "{}"],
    ["a typed address", { ...json, "sec-fetch-site": "none" }, "{}"],
    ["contradicting headers", { ...json, "sec-fetch-site": "same-origin", origin: "null" }, "{}"],
  ];

  test.each(forms)("is refused when it comes from %s [R111]", async (_title, headers, body) => {
    const connect = await browser.send("/v1/connect/practice", { method: "POST", headers, body });
    expect(connect.status).toBe(403);
    const logout = await browser.send("/v1/sessions/current", { method: "DELETE", headers });
    expect(logout.status).toBe(403);
    const login = await browser.send("/v1/sessions/browser", { method: "POST", headers, body });
    expect(login.status).toBe(403);
    expect((await browser.call("GET", "/v1/sessions/current")).status).toBe(200);
  });

  test("is refused from the own origin when a form could have sent it [R111]", async () => {
    const headers = { origin: stage.url, "content-type": "text/plain" };
    const answer = await browser.send("/v1/connect/practice", {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(answer.status).toBe(415);
  });

  test("goes through from the dashboard's own page", async () => {
    const answer = await browser.call("POST", "/v1/connect/practice", {});
    expect(answer.status).toBe(201);
  });

  test("never happens through GET or HEAD [R111]", async () => {
    const connection = await stage.connect(browser);
    for (const path of [
      "/v1/connect/practice",
      `/v1/connections/${connection.id}/refresh`,
      "/v1/sessions",
      "/v1/sessions/browser",
    ]) {
      expect((await browser.call("GET", path)).status, path).toBe(404);
      expect((await browser.send(path, { method: "HEAD" })).status, path).toBe(404);
    }
  });
});
