import { createMemoryStorage } from "tenon/hosts/memory";
import { defineProvider, type KeyProviderEntry } from "tenon/providers";
import { createIntegrations, type FetchFunction } from "tenon/service";
import { describe, expect, it } from "vitest";

const keys = [
  { id: 1, secret: Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("base64url") },
];
const begin = Date.UTC(2026, 10, 21);

const mailer = defineProvider({
  id: "mailer",
  display_name: "Mailer",
  auth_kind: "api_key",
  api_key: { header: "Authorization", scheme: "Bearer" },
  profile: { method: "GET", url: "https://api.mailer.example/me", id_path: "id" },
});

async function setUp(fetch: FetchFunction, entry: KeyProviderEntry = mailer) {
  const clock = { now: begin };
  const storage = createMemoryStorage({ now: () => clock.now });
  const integrations = await createIntegrations({
    storage,
    keys,
    providers: [{ entry }],
    fetch,
    now: () => clock.now,
    sleep: async () => undefined,
  });
  return { clock, storage, integrations };
}

// accountOf answers who a key belongs to, and 401 to keys that it does not know.
const accountOf: FetchFunction = async (_url, init) => {
  const key = new Headers(init.headers).get("authorization");
  return key?.startsWith("Bearer canary-") === true
    ? Response.json({ id: "account-7" })
    : new Response("", { status: 401 });
};

describe("an account that is reached with an API key", () => {
  const question = { provider: "mailer", userId: "user-1" };

  it("is connected, listed, used, given another key and disconnected", async () => {
    const { integrations, storage } = await setUp(accountOf);
    const connection = await integrations.connectApiKey({
      ...question,
      apiKey: "canary-1",
      accountName: "Mail of the shop",
      metadata: { region: "eu" },
    });
    expect(connection).toMatchObject({
      provider: "mailer",
      providerAccountId: "account-7",
      accountName: "Mail of the shop",
      status: "connected",
      tokenType: "api_key",
      hasRefreshToken: false,
      expiresAt: null,
      createdAt: new Date(begin),
      metadata: { region: "eu" },
    });
    expect(await integrations.getConnectedIntegrations("user-1")).toEqual([connection]);
    expect(await integrations.getAccessToken(question)).toBe("canary-1");

    const again = await integrations.connectApiKey({ ...question, apiKey: "canary-2" });
    expect(again.id).toBe(connection.id);
    expect(await integrations.getToken(question)).toMatchObject({
      accessToken: "canary-2",
      tokenType: "api_key",
    });
    expect(JSON.stringify([connection, again, storage.dump()])).not.toContain("canary");
    expect(await integrations.disconnectIntegration(question)).toMatchObject({
      revocation: "unsupported",
    });
    await expect(integrations.getAccessToken(question)).rejects.toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
    });
  });

  it.each([
    ["a scheme", { header: "Authorization", scheme: "Token" }, "authorization", "Token canary-1"],
    ["a bare key", { header: "X-Api-Key", scheme: null }, "x-api-key", "canary-1"],
    ["what is usual", {}, "authorization", "Bearer canary-1"],
  ])("calls the provider's API with %s", async (_name, api_key, header, value) => {
    const sent: Headers[] = [];
    const fetch: FetchFunction = async (_url, init) => {
      sent.push(new Headers(init.headers));
      return Response.json({ id: "account-7" });
    };
    const { integrations } = await setUp(fetch, { ...mailer, api_key });
    await integrations.connectApiKey({ ...question, apiKey: "canary-1" });
    await integrations.fetch(question, "https://api.mailer.example/letters");
    expect(sent.map((headers) => headers.get(header))).toEqual([value, value]);
    if (header !== "authorization") expect(sent[1]?.get("authorization")).toBeNull();
  });

  it("calls it with Basic authentication where it is a name and a password", async () => {
    const sent: Headers[] = [];
    const fetch: FetchFunction = async (_url, init) => {
      sent.push(new Headers(init.headers));
      return Response.json({ id: "account-7" });
    };
    const entry = defineProvider({ ...mailer, auth_kind: "basic", api_key: null, basic: {} });
    const { integrations } = await setUp(fetch, entry);
    await integrations.connectApiKey({ ...question, username: "test", password: "123\u00a3" });
    await integrations.fetch(question, "https://api.mailer.example/letters");
    // The example of RFC 7617 section 2.1.
    const value = "Basic dGVzdDoxMjPCow==";
    expect(sent.map((headers) => headers.get("authorization"))).toEqual([value, value]);
  });

  it("ends when its key does", async () => {
    const { integrations, clock } = await setUp(accountOf);
    const expiresAt = new Date(begin + 60_000);
    const connection = await integrations.connectApiKey({
      ...question,
      apiKey: "canary-1",
      expiresAt,
    });
    expect(connection.expiresAt).toEqual(expiresAt);
    clock.now += 60_000;
    await expect(integrations.getAccessToken(question)).rejects.toMatchObject({
      code: "TOKEN_EXPIRED",
    });
  });

  it.each([
    ["the provider refuses it", { apiKey: "wrong" }, accountOf, "PROVIDER_ERROR", false],
    [
      "the provider does not answer",
      { apiKey: "canary-1" },
      async () => new Response("", { status: 503 }),
      "NETWORK_ERROR",
      true,
    ],
    ["there is none", {}, accountOf, "VALIDATION_ERROR", false],
    [
      "its end is no time",
      { apiKey: "canary-1", expiresAt: "soon" },
      accountOf,
      "VALIDATION_ERROR",
      false,
    ],
    [
      "its end has passed",
      { apiKey: "canary-1", expiresAt: begin },
      accountOf,
      "VALIDATION_ERROR",
      false,
    ],
  ])("is not connected when %s", async (_name, changes, fetch, code, retryable) => {
    const { integrations, storage } = await setUp(fetch as FetchFunction);
    const call = Reflect.apply(integrations.connectApiKey, integrations, [
      { ...question, ...changes },
    ]);
    await expect(call).rejects.toMatchObject({ code, retryable });
    expect(storage.dump().rows).toEqual([]);
  });
});
