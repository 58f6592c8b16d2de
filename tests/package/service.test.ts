import { createMemoryStorage } from "tenon/hosts/memory";
import { createIntegrations, type Effect, type IntegrationsOptions } from "tenon/service";
import { describe, expect, it, vi } from "vitest";
import { clientSecret, type FakeProvider, issuer, provider, redirectUri } from "./fake-provider.ts";
import {
  type Bench,
  begin,
  connect,
  cookieOf,
  finish,
  keys,
  secretOf,
  setUp,
  start,
} from "./service-bench.ts";

describe("connecting an account", () => {
  it("goes from address to token, with nothing secret in between", async () => {
    const bench = await setUp();
    const started = await start(bench);
    const asked = new URL(started.authUrl);
    expect(asked.origin).toBe(issuer);
    expect(asked.searchParams.get("redirect_uri")).toBe(redirectUri);
    expect(asked.searchParams.get("code_challenge_method")).toBe("S256");
    expect(started.expiresAt).toEqual(new Date(begin + 600_000));
    expect(started.cookie).toMatchObject({ secure: true, maxAgeS: 600 });
    expect(started.cookie?.name).toMatch(/^__Host-tenon-[\w-]{8}$/);

    const result = await finish(bench, started);
    expect(result).toMatchObject({
      userId: "user-1",
      organizationId: "default",
      accountId: "account-1",
      redirectUrl: "/done",
    });
    expect(result.connection).toMatchObject({
      status: "connected",
      isConnected: true,
      provider: "practice",
      account: { username: "ada", email: "ada@example.org" },
      hasRefreshToken: true,
      createdAt: new Date(begin),
      expiresAt: new Date(begin + 3_600_000),
    });
    expect(JSON.stringify(result)).not.toContain("canary");

    const token = await bench.integrations.getAccessToken({
      userId: "user-1",
      provider: "practice",
    });
    expect(token).toBe("canary-access-1-abcdefghijkl");
    expect(bench.events.map(({ type }) => type)).toEqual([
      "oauth.initiated",
      "integration.connected",
      "oauth.completed",
    ]);
  });

  it("takes the whole callback address, and code and state apart", async () => {
    for (const form of ["url", "parts"] as const) {
      const bench = await setUp();
      const started = await start(bench);
      const query = bench.peer.consent(started.authUrl);
      const sent = new URLSearchParams(query);
      const cookie = cookieOf(started);
      const parts = {
        code: sent.get("code") ?? "",
        state: sent.get("state") ?? "",
        iss: sent.get("iss") ?? "",
      };
      const how = form === "url" ? { url: `${redirectUri}?${query}#top` } : parts;
      const result = await bench.integrations.handleOAuthCallback({
        provider: "practice",
        cookie,
        ...how,
      });
      expect(result.accountId).toBe("account-1");
    }
  });

  it("[R6] exchanges the code once for 50 callbacks at the same time", async () => {
    const bench = await setUp({ sleep: (ms) => new Promise((done) => setTimeout(done, ms / 50)) });
    const started = await start(bench);
    const query = bench.peer.consent(started.authUrl);
    const cookie = cookieOf(started);
    const callbacks = Array.from({ length: 50 }, () =>
      bench.integrations.handleOAuthCallback({ provider: "practice", query, cookie }),
    );
    const settled = await Promise.allSettled(callbacks);
    expect(bench.peer.requests.filter((each) => each === "POST /token")).toHaveLength(1);
    expect(settled.filter((each) => each.status === "rejected")).toEqual([]);
    const accounts = settled.flatMap((each) =>
      each.status === "fulfilled" ? [each.value.accountId] : [],
    );
    expect(accounts.length).toBeGreaterThan(0);
    expect(new Set(accounts)).toEqual(new Set(["account-1"]));
  });

  it("[R4] makes no token request without the cookie, or with that of another flow", async () => {
    const bench = await setUp();
    const started = await start(bench);
    const other = await start(bench);
    const query = bench.peer.consent(started.authUrl);
    for (const cookie of [undefined, "", cookieOf(other)]) {
      const call = bench.integrations.handleOAuthCallback({
        provider: "practice",
        query,
        ...(cookie !== undefined && { cookie }),
      });
      await expect(call).rejects.toMatchObject({ code: "INVALID_STATE", retryable: false });
    }
    expect(bench.peer.requests).toEqual([]);
  });

  it("[R55] [R56] stores and reports no token, code, verifier or secret in any plain form", async () => {
    const bench = await setUp();
    const effects: Effect[] = [];
    const watched = await setUp({
      storage: bench.storage,
      fetch: bench.peer.fetch,
      onEffect: (effect) => {
        if (effect.kind.startsWith("storage")) effects.push(structuredClone(effect));
      },
      onEvent: (event) => bench.events.push(event),
    });
    const both: Bench = { ...bench, integrations: watched.integrations };
    await connect(both);
    await watched.integrations.refreshToken({
      userId: "user-1",
      provider: "practice",
      accountId: "account-1",
      force: true,
    });
    const seen = JSON.stringify([bench.storage.dump(), effects, bench.events]);
    expect(seen).toContain("account-1");
    for (const text of ["canary", clientSecret]) {
      const bytes = Buffer.from(text);
      for (const form of [text, bytes.toString("base64").slice(0, 8), bytes.toString("hex")]) {
        expect(seen).not.toContain(form);
      }
    }
  });

  it("gives a refused consent as a result with a public code", async () => {
    const bench = await setUp();
    const started = await start(bench);
    const state = new URL(started.authUrl).searchParams.get("state") ?? "";
    const query = new URLSearchParams({ error: "access_denied", state, iss: issuer }).toString();
    const cookie = cookieOf(started);
    const result = await bench.integrations.handleOAuthCallback({
      provider: "practice",
      query,
      cookie,
    });
    expect(result).toMatchObject({ error: "access_denied", connection: null });
    expect(bench.peer.requests).toEqual([]);
  });
});

describe("a connected account", () => {
  it("is listed, read, refreshed and disconnected", async () => {
    const bench = await setUp();
    const { connection } = await connect(bench);
    const connectionId = connection?.id ?? "";
    const { integrations, peer, clock } = bench;

    const listed = await integrations.getConnectedIntegrations("user-1");
    expect(listed).toEqual([connection]);
    expect(await integrations.getConnectedIntegrations("user-2")).toEqual([]);
    const page = await integrations.listConnections({ userId: "user-1", provider: "practice" });
    expect(page.summary).toMatchObject({ total: 1, connected: 1, byProvider: { practice: 1 } });
    expect(page.nextCursor).toBeNull();
    expect(await integrations.readConnection({ connectionId, userId: "user-1" })).toEqual(
      connection,
    );

    clock.now += 1000;
    const refreshed = await integrations.refreshToken({ connectionId, force: true });
    expect(refreshed.lastRefreshAt).toEqual(new Date(begin + 1000));
    const token = await integrations.getToken({ connectionId });
    expect(token).toEqual({
      accessToken: "canary-access-2-abcdefghijkl",
      tokenType: "Bearer",
      expiresAt: new Date(begin + 1000 + 3_600_000),
      connectionId,
    });

    const gone = await integrations.disconnectIntegration({ connectionId });
    expect(gone).toEqual({ connectionId, status: "disconnected", revocation: "done" });
    expect(peer.revoked[0]).toBe("refresh_token");
    await expect(integrations.getAccessToken({ connectionId })).rejects.toMatchObject({
      name: "TenonError",
    });
  });

  it("gets a fresh token when the old one has expired", async () => {
    const bench = await setUp();
    await connect(bench);
    bench.clock.now += 2 * 3_600_000;
    const question = { userId: "user-1", provider: "practice" };
    expect(await bench.integrations.getAccessToken(question)).toBe("canary-access-2-abcdefghijkl");
  });

  it("[R23] stays connected while the provider is down", async () => {
    const bench = await setUp();
    const { connection } = await connect(bench);
    bench.clock.now += 2 * 3_600_000;
    const down: IntegrationsOptions["fetch"] = async () => new Response("busy", { status: 503 });
    const during = await setUp({ storage: bench.storage, fetch: down, now: () => bench.clock.now });
    const connectionId = connection?.id ?? "";
    const call = during.integrations.getAccessToken({ connectionId });
    await expect(call).rejects.toMatchObject({ code: "TOKEN_REFRESH_ERROR", retryable: true });
    const after = await bench.integrations.readConnection({ connectionId });
    expect(after.status).not.toBe("disconnected");
    // A failed series of tries is cooled down for every caller.
    bench.clock.now += 60_000;
    expect(await bench.integrations.getAccessToken({ connectionId })).toContain("canary-access");
  });
});

describe("errors of the service", () => {
  it("carry the call's correlation id, the same as its events", async () => {
    const bench = await setUp();
    const query = `code=x&state=${"1:1:".concat("A".repeat(32), ".", "B".repeat(43))}`;
    const call = bench.integrations.handleOAuthCallback({
      provider: "practice",
      query,
      correlationId: "request-7",
    });
    await expect(call).rejects.toMatchObject({
      code: "INVALID_STATE",
      correlationId: "request-7",
      provider: "practice",
    });
    expect(bench.events.every(({ correlationId }) => correlationId === "request-7")).toBe(true);
  });

  it.each([
    ["INVALID_PROVIDER", { provider: "nobody" }],
    ["INVALID_USER_ID", { userId: "" }],
    ["INVALID_REDIRECT_URL", { redirectUrl: "https://evil.example/" }],
    ["VALIDATION_ERROR", { scopes: "openid" }],
    ["VALIDATION_ERROR", { binding: "paper" }],
    ["VALIDATION_ERROR", { metadata: [] }],
  ])("say %s for %o", async (code, changes) => {
    const { integrations, storage } = await setUp();
    const input = { provider: "practice", userId: "user-1", ...changes };
    const call = Reflect.apply(integrations.initiateOAuthFlow, integrations, [input]);
    await expect(call).rejects.toMatchObject({ name: "TenonError", code });
    expect(storage.dump().rows).toEqual([]);
  });

  it("are TenonErrors for input of no use at all", async () => {
    const { integrations } = await setUp();
    const circular: Record<string, unknown> = { provider: "practice", userId: "u" };
    circular.metadata = circular;
    const calls = Object.entries(integrations).filter(
      ([name]) => !["close", "on", "runDue", "rotateKeys", "audit"].includes(name),
    );
    for (const [, method] of calls) {
      for (const nonsense of [undefined, null, 5, circular]) {
        const call = Reflect.apply(method, integrations, [nonsense]);
        await expect(call).rejects.toMatchObject({ name: "TenonError" });
      }
    }
  });

  it("say DATABASE_ERROR when the store fails, and can be tried again", async () => {
    let broken = true;
    const memory = createMemoryStorage();
    const storage = {
      ...memory,
      commit: async (batch: Parameters<typeof memory.commit>[0]) => {
        if (broken) throw new Error("disk full");
        return memory.commit(batch);
      },
    };
    const { integrations } = await setUp({ storage });
    const input = { provider: "practice", userId: "user-1" };
    await expect(integrations.initiateOAuthFlow(input)).rejects.toMatchObject({
      code: "DATABASE_ERROR",
      retryable: true,
    });
    broken = false;
    expect((await integrations.initiateOAuthFlow(input)).authUrl).toContain(issuer);
  });
});

describe("setting up the service", () => {
  const base = { storage: createMemoryStorage(), keys, providers: [provider] };

  it.each([
    ["no storage", { storage: undefined }, /cannot compare and swap/],
    ["a key-value namespace", { storage: { get: () => 0, put: () => 0, list: () => 0 } }, /commit/],
    ["no providers", { providers: undefined }, /providers/],
    ["a provider without a client id", { providers: [{ ...provider, clientId: "" }] }, /clientId/],
    [
      "a plain http redirect URI",
      { providers: [{ ...provider, redirectUri: "http://a.b/" }] },
      /redirectUri/,
    ],
    ["a provider twice", { providers: [provider, provider] }, /providers\[1\]/],
    ["a state lifetime of two hours", { stateTtlMs: 7_200_000 }, /stateTtlMs/],
    ["a short route key", { routeKey: "abc" }, /routeKey/],
  ])("is refused with %s", async (_name, changes, message) => {
    const call = Reflect.apply(createIntegrations, undefined, [{ ...base, ...changes }]);
    await expect(call).rejects.toMatchObject({
      code: "CONFIGURATION_ERROR",
      message: expect.stringMatching(message),
    });
  });

  it("takes a provider's entry spread out, and moved to another issuer", async () => {
    const { entry, ...rest } = provider;
    const moved = { ...entry, ...rest, issuer: "https://elsewhere.example/idp" };
    const { integrations } = await setUp({ providers: [moved] });
    const { authUrl } = await integrations.initiateOAuthFlow({ provider: "practice", userId: "u" });
    expect(authUrl).toMatch(/^https:\/\/elsewhere\.example\/idp\/auth\?/);
  });

  it("gives routed states with a route key", async () => {
    const { integrations } = await setUp({ routeKey: secretOf(40) });
    const { state } = await integrations.initiateOAuthFlow({ provider: "practice", userId: "u" });
    expect(state.split(".")).toHaveLength(3);
  });

  it("stores what a refresh in flight brings before it is closed [R41]", async () => {
    const bench = await setUp();
    await connect(bench);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { storage, peer, clock } = bench;
    const slow = await setUp({
      storage,
      now: () => clock.now,
      fetch: async (url, init) => {
        const answer = await peer.fetch(url, init);
        await held;
        return answer;
      },
    });
    const who = { userId: "user-1", provider: "practice" };
    const token = slow.integrations.getAccessToken({ ...who, force: true });
    await vi.waitFor(() => expect(postsOf(peer)).toBe(2));
    const closed = slow.integrations.close();
    await expect(slow.integrations.getAccessToken(who)).rejects.toMatchObject({ code: "CONFLICT" });
    release();
    expect(await token).toBe("canary-access-2-abcdefghijkl");
    await closed;
    expect(await bench.integrations.getAccessToken(who)).toBe("canary-access-2-abcdefghijkl");
    expect(postsOf(peer)).toBe(2);
  });

  it("writes what storage would not take before it is closed [R41]", async () => {
    const { storage, peer, clock, ...bench } = await setUp();
    await connect({ storage, peer, clock, ...bench });
    let fails = false;
    const { integrations } = await setUp({
      storage: {
        get: (keys) => storage.get(keys),
        list: (range) => storage.list(range),
        commit: (batch) => (fails ? Promise.reject(new Error("full")) : storage.commit(batch)),
      },
      now: () => clock.now,
      wake: () => undefined,
      fetch: async (url, init) => {
        fails = url.endsWith("/token");
        return peer.fetch(url, init);
      },
    });
    const who = { userId: "user-1", provider: "practice" };
    const token = await integrations.getAccessToken({ ...who, force: true });
    expect(token).toBe("canary-access-2-abcdefghijkl");
    expect(await bench.integrations.getAccessToken(who)).toBe("canary-access-1-abcdefghijkl");
    const closed = integrations.close();
    setTimeout(() => {
      fails = false;
    }, 50);
    await closed;
    expect(await bench.integrations.getAccessToken(who)).toBe(token);
  });

  it("refuses calls after close", async () => {
    const { integrations } = await setUp();
    await integrations.close();
    await expect(integrations.readConnection({ connectionId: "con_x" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });
});

function postsOf({ requests }: FakeProvider): number {
  return requests.filter((each) => each === "POST /token").length;
}
