import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPracticeProvider } from "../../worker/practice/provider.mjs";

const folder = new URL("../../bindings/providers/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

const entryKeys = ["id", "display_name", "category", "auth_kind", "profile", "unsure", "sources"];
const oauthKeys = [
  "issuer",
  "iss_parameter",
  "authorization_url",
  "token_url",
  "refresh_url",
  "revocation",
  "default_scopes",
  "scope_separator",
  "scope_param",
  "extra_authorize_params",
  "pkce",
  "client_auth",
  "token_request",
  "token_response",
  "access_token",
  "refresh_token",
  "refresh",
  "reauth_errors",
  "bearer",
];

// biome-ignore lint/suspicious/noExplicitAny: the test is what gives these files their shape.
type Entry = Record<string, any>;

function readEntry(name: string): Entry {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8"));
}

function urlsOf(value: unknown): string[] {
  if (typeof value === "string") return /^[a-z]+:\/\//i.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(urlsOf);
}

describe("the catalog", () => {
  it("holds the practice provider, Google and GitHub", () => {
    expect(names).toEqual(expect.arrayContaining(["github.json", "google.json", "practice.json"]));
  });
});

describe.each(names)("the provider entry %s", (name) => {
  const entry = readEntry(name);

  it("is named after its id and has every required key", () => {
    expect(`${entry.id}.json`).toBe(name);
    expect(Object.keys(entry)).toEqual(expect.arrayContaining(entryKeys));
    if (entry.auth_kind === "oauth2") {
      expect(Object.keys(entry.oauth)).toEqual(expect.arrayContaining(oauthKeys));
    }
  });

  it("uses https everywhere, and plain http on loopback for practice alone", () => {
    const urls = urlsOf(entry).map((url) => new URL(url));
    expect(urls.length).toBeGreaterThan(3);
    for (const url of urls) {
      const mayBePlain = entry.id === "practice" && url.hostname === "127.0.0.1";
      expect(url.protocol).toBe(mayBePlain ? "http:" : "https:");
    }
  });

  it("expects an issuer in the answer only where it knows which", () => {
    const { iss_parameter, issuer } = entry.oauth;
    expect(["none", "tolerated", "advertised"]).toContain(iss_parameter);
    if (iss_parameter !== "none") expect(issuer).toMatch(/^https?:/);
  });

  it("asks for nothing in prose: extra parameters and error codes are literal values", () => {
    for (const [key, value] of Object.entries(entry.oauth.extra_authorize_params)) {
      expect(`${key}=${value}`).toMatch(/^[\w.]+=[\w .:/-]+$/);
    }
    for (const code of entry.oauth.reauth_errors) expect(code).toMatch(/^[a-z_]+$/);
  });
});

describe("the practice entry", () => {
  let practice: Awaited<ReturnType<typeof startPracticeProvider>>;

  beforeAll(async () => {
    practice = await startPracticeProvider({ redirectUris: ["http://localhost:8787/callback"] });
  });
  afterAll(() => practice.close());

  it("moved to another issuer says what the running provider advertises", async () => {
    const original = readEntry("practice.json");
    const text = JSON.stringify(original).replaceAll(original.oauth.issuer, practice.issuer);
    const { oauth, profile } = JSON.parse(text) as Entry;
    const response = await fetch(`${practice.issuer}/.well-known/openid-configuration`);
    const metadata = (await response.json()) as Entry;

    expect(metadata).toMatchObject({
      issuer: oauth.issuer,
      authorization_endpoint: oauth.authorization_url,
      token_endpoint: oauth.token_url,
      revocation_endpoint: oauth.revocation.url,
      userinfo_endpoint: profile.url,
      code_challenge_methods_supported: oauth.pkce.methods,
      authorization_response_iss_parameter_supported: oauth.iss_parameter === "advertised",
      token_endpoint_auth_methods_supported: ["client_secret_basic", "none"],
    });
    expect(metadata.scopes_supported).toEqual(expect.arrayContaining(oauth.default_scopes));
  });
});
