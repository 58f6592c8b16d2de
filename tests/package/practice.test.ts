import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { approve } from "../../worker/practice/approve.mjs";
import { createCookieJar } from "../../worker/practice/cookie-jar.mjs";
import { startPracticeProvider } from "../../worker/practice/provider.mjs";

const redirectUri = "http://localhost:8787/v1/callback/practice";
const allScopes = "openid profile email offline_access calendar.read";
const mainPath = fileURLToPath(new URL("../../worker/practice/main.mjs", import.meta.url));

type Practice = Awaited<ReturnType<typeof startPracticeProvider>>;
type Tokens = { access_token: string; refresh_token: string; expires_in: number; scope: string };
type Answer = { status: number; body: Record<string, unknown> };

let practice: Practice;
let verifier: string;

beforeEach(async () => {
  practice = await startPracticeProvider({ redirectUris: [redirectUri] });
  verifier = randomBytes(32).toString("base64url");
});

afterEach(async () => {
  vi.useRealTimers();
  await practice.close();
});

function authorizationUrl(changes: Record<string, string | undefined> = {}): string {
  const url = new URL(`${practice.issuer}/auth`);
  const parameters = {
    client_id: "tenon-practice",
    response_type: "code",
    redirect_uri: redirectUri,
    scope: allScopes,
    prompt: "consent",
    state: "a-state",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

function basicAuthorization(): string {
  const [client] = practice.clients;
  const pair = `${client?.clientId}:${client?.clientSecret}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

async function post(path: string, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(practice.issuer + path, {
    method: "POST",
    headers: { authorization: basicAuthorization() },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

async function connect(
  denyScopes: string[] = [],
  jar = createCookieJar(),
  user = "ann",
): Promise<Tokens> {
  const callback = await approve({ authorizationUrl: authorizationUrl(), user, denyScopes, jar });
  const answer = await exchangeCode(callback, verifier);
  expect(answer.status).toBe(200);
  return answer.body as Tokens;
}

function exchangeCode(callback: string, codeVerifier: string): Promise<Answer> {
  const code = new URL(callback).searchParams.get("code") ?? "";
  return post("/token", {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  });
}

function refresh(refreshToken: string): Promise<Answer> {
  return post("/token", { grant_type: "refresh_token", refresh_token: refreshToken });
}

async function callCalendar(accessToken: string): Promise<Answer> {
  const response = await fetch(`${practice.issuer}/api/calendar`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return { status: response.status, body: await response.json() };
}

function parametersOf(callback: string): Record<string, string> {
  expect(callback.startsWith(`${redirectUri}?`)).toBe(true);
  return Object.fromEntries(new URL(callback).searchParams);
}

describe("consent", () => {
  it("gives a code with the state and the issuer in the answer", async () => {
    const callback = await approve({ authorizationUrl: authorizationUrl(), user: "ann" });
    const parameters = parametersOf(callback);
    expect(parameters).toMatchObject({ state: "a-state", iss: practice.issuer });
    expect(parameters.code).toMatch(/^[\w-]{20,}$/);
  });

  it("gives access_denied with the issuer when the person presses Deny", async () => {
    const callback = await approve({
      authorizationUrl: authorizationUrl(),
      user: "ann",
      deny: true,
    });
    const parameters = parametersOf(callback);
    expect(parameters).toMatchObject({ error: "access_denied", iss: practice.issuer });
    expect(parameters).not.toHaveProperty("code");
  });

  it("leaves out the scopes that the person unticks", async () => {
    const tokens = await connect(["calendar.read", "email"]);
    expect(tokens.scope.split(" ").sort()).toEqual(["offline_access", "openid", "profile"]);
    expect(await callCalendar(tokens.access_token)).toEqual({
      status: 403,
      body: { error: "insufficient_scope" },
    });
  });

  it("gives no refresh token when offline access is unticked", async () => {
    expect(await connect(["offline_access"])).not.toHaveProperty("refresh_token");
  });

  it("refuses to untick a scope that has no free check box", async () => {
    const options = { authorizationUrl: authorizationUrl(), user: "ann" };
    await expect(approve({ ...options, denyScopes: ["openid"] })).rejects.toThrow("openid");
    await expect(approve({ ...options, denyScopes: ["mail.send"] })).rejects.toThrow("mail.send");
  });

  it("escapes what a person types as a name", async () => {
    const user = `<b>&"'`;
    const callback = await approve({ authorizationUrl: authorizationUrl(), user });
    const answer = await exchangeCode(callback, verifier);
    const { body } = await callCalendar((answer.body as Tokens).access_token);
    expect(body).toMatchObject({ account: { username: user } });
  });

  it("keeps the grants of two accounts apart when one browser connects both", async () => {
    const jar = createCookieJar();
    const [first, second] = [await connect([], jar), await connect([], jar, "bob")];
    expect(await callCalendar(second.access_token)).toMatchObject({
      body: { account: { username: "bob" } },
    });
    await post("/token/revocation", { token: first.refresh_token });
    expect((await callCalendar(first.access_token)).status).toBe(401);
    expect((await callCalendar(second.access_token)).status).toBe(200);
  });

  it("shows an error page instead of a redirect to an address that is not registered", async () => {
    const elsewhere = authorizationUrl({ redirect_uri: "http://localhost:9/elsewhere" });
    const attempt = approve({ authorizationUrl: elsewhere, user: "ann" });
    await expect(attempt).rejects.toThrow("400, invalid_redirect_uri");
  });
});

describe("[R19] PKCE", () => {
  it("is required: a request without a challenge gets invalid_request", async () => {
    const bare = authorizationUrl({ code_challenge: undefined, code_challenge_method: undefined });
    const callback = await approve({ authorizationUrl: bare, user: "ann" });
    expect(parametersOf(callback)).toMatchObject({ error: "invalid_request" });
  });

  it("does not accept the plain method", async () => {
    const plain = authorizationUrl({ code_challenge_method: "plain" });
    const callback = await approve({ authorizationUrl: plain, user: "ann" });
    expect(parametersOf(callback)).toMatchObject({ error: "invalid_request" });
  });

  it("refuses a wrong verifier with invalid_grant", async () => {
    const callback = await approve({ authorizationUrl: authorizationUrl(), user: "ann" });
    const answer = await exchangeCode(callback, randomBytes(32).toString("base64url"));
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("lets a public client in without a secret", async () => {
    const url = authorizationUrl({ client_id: "tenon-practice-public" });
    const callback = await approve({ authorizationUrl: url, user: "ann" });
    const response = await fetch(`${practice.issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "tenon-practice-public",
        code: new URL(callback).searchParams.get("code") ?? "",
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
    expect(response.status).toBe(200);
  });
});

describe("tokens", () => {
  it("last 60 seconds and not one more", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const tokens = await connect();
    expect(tokens.expires_in).toBe(60);
    vi.setSystemTime(1_800_000_059_999);
    expect((await callCalendar(tokens.access_token)).status).toBe(200);
    vi.setSystemTime(1_800_000_060_000);
    expect(await callCalendar(tokens.access_token)).toEqual({
      status: 401,
      body: { error: "invalid_token" },
    });
  });

  it("rotate on refresh, and both new ones work", async () => {
    const first = await connect();
    const { status, body } = await refresh(first.refresh_token);
    const second = body as Tokens;
    expect(status).toBe(200);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await callCalendar(second.access_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it("die with their grant when an old refresh token is used again", async () => {
    const first = await connect();
    const second = (await refresh(first.refresh_token)).body as Tokens;
    const reuse = await refresh(first.refresh_token);
    expect(reuse).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await refresh(second.refresh_token)).toMatchObject({ body: { error: "invalid_grant" } });
    expect((await callCalendar(second.access_token)).status).toBe(401);
  });

  it("die when one refresh token is used five times at the same time", async () => {
    const { refresh_token } = await connect();
    // The equal delay lets all of them read the token before one has used it.
    practice.faults.set({ endpoint: "token", times: 5, delayMs: 50 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(refresh_token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
    const winner = answers.find(({ status }) => status === 200)?.body as Tokens;
    expect((await callCalendar(winner.access_token)).status).toBe(401);
  });

  it("of a provider with grace work until the ones issued for them are used", async () => {
    await practice.close();
    practice = await startPracticeProvider({ redirectUris: [redirectUri], rotation: "grace" });
    const first = await connect();
    const lost = (await refresh(first.refresh_token)).body as Tokens;
    const second = (await refresh(first.refresh_token)).body as Tokens;
    // The one that got lost is unknown by now, and asking for it revokes nothing.
    expect(await refresh(lost.refresh_token)).toMatchObject({ body: { error: "invalid_grant" } });
    const third = await refresh(second.refresh_token);
    expect(third.status).toBe(200);
    expect(await refresh(first.refresh_token)).toMatchObject({ body: { error: "invalid_grant" } });
    expect((await callCalendar((third.body as Tokens).access_token)).status).toBe(200);
  });

  it("come once per code: a second exchange is invalid_grant and revokes the first", async () => {
    const callback = await approve({ authorizationUrl: authorizationUrl(), user: "ann" });
    const first = (await exchangeCode(callback, verifier)).body as Tokens;
    expect(await exchangeCode(callback, verifier)).toMatchObject({
      body: { error: "invalid_grant" },
    });
    expect((await callCalendar(first.access_token)).status).toBe(401);
  });

  it.each(["access_token", "refresh_token"] as const)(
    "stop opening the API once the %s is revoked",
    async (kind) => {
      const tokens = await connect();
      expect((await callCalendar(tokens.access_token)).status).toBe(200);
      const revocation = await post("/token/revocation", { token: tokens[kind] });
      expect(revocation.status).toBe(200);
      expect((await callCalendar(tokens.access_token)).status).toBe(401);
      const state = await post("/token/introspection", { token: tokens.access_token });
      expect(state.body).toEqual({ active: false });
    },
  );

  it("tell who the account is at the userinfo endpoint", async () => {
    const { access_token } = await connect();
    const response = await fetch(`${practice.issuer}/me`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await response.json()).toEqual({
      sub: "acct_YW5u",
      name: "ann (practice)",
      preferred_username: "ann",
      email: "ann@practice.example",
      email_verified: true,
    });
  });
});

describe("requests and faults", () => {
  it("count each endpoint and keep nothing a caller sent", async () => {
    const tokens = await connect();
    expect(practice.requests.count("token")).toBe(1);
    await callCalendar(tokens.access_token);
    const [entry] = practice.requests.list("calendar");
    expect(entry).toEqual({
      endpoint: "calendar",
      method: "GET",
      path: "/api/calendar",
      status: 200,
    });
    const log = JSON.stringify(practice.requests.list());
    for (const secret of [tokens.access_token, verifier, "a-state", "ann"]) {
      expect(log).not.toContain(secret);
    }
    practice.requests.clear();
    expect(practice.requests.count("token")).toBe(0);
  });

  it("answer a status as often as asked, then work again", async () => {
    const { refresh_token } = await connect();
    practice.faults.set({ endpoint: "token", times: 2, status: 503 });
    expect((await refresh(refresh_token)).status).toBe(503);
    expect((await refresh(refresh_token)).status).toBe(503);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it("reset before the provider has seen the request, so the token is still good", async () => {
    const { refresh_token } = await connect();
    practice.faults.set({ endpoint: "token", status: "reset" });
    await expect(refresh(refresh_token)).rejects.toThrow("fetch failed");
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(practice.requests.list("token").map(({ status }) => status)).toEqual([
      200,
      "reset",
      200,
    ]);
  });

  it("lose the answer after the work is done, so the token is spent", async () => {
    const { refresh_token } = await connect();
    practice.faults.set({ endpoint: "token", status: "lost" });
    await expect(refresh(refresh_token)).rejects.toThrow("fetch failed");
    expect(await refresh(refresh_token)).toMatchObject({ body: { error: "invalid_grant" } });
  });

  it("hang until the caller gives up, and do not keep the provider from closing", async () => {
    practice.faults.set({ endpoint: "discovery", status: "hang" });
    const url = `${practice.issuer}/.well-known/openid-configuration`;
    const attempt = fetch(url, { signal: AbortSignal.timeout(100) });
    await expect(attempt).rejects.toThrow("timeout");
    practice.faults.set({ endpoint: "discovery", status: "hang" });
    const dropped = expect(fetch(url)).rejects.toThrow("fetch failed");
    await vi.waitFor(() => expect(practice.requests.count("discovery")).toBe(2));
    await practice.close();
    await dropped;
  });

  it("are refused when they name nothing that exists", () => {
    const { faults } = practice;
    expect(() => faults.set({ endpoint: "tokens" as "token" })).toThrow(TypeError);
    expect(() => faults.set({ endpoint: "token", status: 42 })).toThrow(TypeError);
    expect(() => faults.set({ endpoint: "token", times: 0 })).toThrow(TypeError);
  });
});

describe("starting", () => {
  it("listens on loopback only and needs a redirect URI", async () => {
    const open = startPracticeProvider({ redirectUris: [redirectUri], host: "0.0.0.0" });
    await expect(open).rejects.toThrow(TypeError);
    await expect(startPracticeProvider({ redirectUris: [] })).rejects.toThrow(TypeError);
  });

  it("fails with the system's error when the port is taken", async () => {
    const second = startPracticeProvider({ redirectUris: [redirectUri], port: practice.port });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("sends whoever comes by the name localhost to the issuer", async () => {
    const request = get({
      port: practice.port,
      host: "127.0.0.1",
      path: "/.well-known/openid-configuration",
      headers: { host: `localhost:${practice.port}` },
    });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(await json(response)).toMatchObject({ token_endpoint: `${practice.issuer}/token` });
  });

  it("prints one line from the command line, nothing else, and ends on SIGTERM", async () => {
    const child = spawn(process.execPath, [mainPath, "--redirect-uri", redirectUri], {
      env: { ...process.env, TENON_PRACTICE_CLIENT_SECRET: "of-this-test" },
    });
    const lines: string[] = [];
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    const reader = createInterface({ input: child.stdout });
    reader.on("line", (line) => lines.push(line));
    await once(reader, "line");
    const ready = JSON.parse(lines[0] ?? "");
    expect(ready).toMatchObject({ client_id: "tenon-practice", client_secret: "of-this-test" });
    expect((await fetch(`${ready.issuer}/.well-known/openid-configuration`)).status).toBe(200);
    child.kill("SIGTERM");
    const [code] = await once(child, "close");
    expect({ code, lines: lines.length, complaints }).toEqual({
      code: 0,
      lines: 1,
      complaints: "",
    });
  });

  it("says how it is used when the command line is wrong", async () => {
    const child = spawn(process.execPath, [mainPath, "--colour", "blue"]);
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(complaints).toContain("usage:");
  });
});
