import { misconfigured, type TenonError } from "./errors.js";

// ProviderEntry is one row of the catalog: how one provider speaks OAuth, as data. The core checks the
// rest of it when createIntegrations is called.
export interface ProviderEntry {
  readonly id: string;
  readonly display_name: string;
  readonly oauth: {
    readonly authorization_url: string;
    readonly token_url: string;
    readonly issuer?: string | null;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

// KeyProviderEntry is a row for a provider that is reached with an API key, or with a user name and
// password. Its part "api_key" names the header and the scheme before the key; "basic" has no options.
export interface KeyProviderEntry {
  readonly id: string;
  readonly display_name: string;
  readonly auth_kind: "api_key" | "basic";
  readonly oauth?: null;
  readonly [field: string]: unknown;
}

// defineProvider checks the outline of an entry and passes it on. Throws CONFIGURATION_ERROR naming
// the field that is missing.
export function defineProvider<const E extends ProviderEntry | KeyProviderEntry>(entry: E): E {
  requireText(entry, ["id"]);
  requireText(entry, ["display_name"]);
  if (entry.auth_kind !== "api_key" && entry.auth_kind !== "basic") {
    requireText(entry, ["oauth", "authorization_url"]);
    requireText(entry, ["oauth", "token_url"]);
  }
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(entry.id)) {
    throw badEntry("id", "must be 1 to 64 characters of a-z, 0-9, - and _.");
  }
  return entry;
}

// withIssuer moves an entry to another server of the same kind: every address in it that lies below
// its issuer is put below the new one. Throws CONFIGURATION_ERROR when the entry has no issuer.
export function withIssuer(entry: ProviderEntry, issuer: string): ProviderEntry {
  const from = entry.oauth?.issuer;
  if (!from) throw badEntry("oauth.issuer", "is needed to move the entry.");
  if (!URL.canParse(issuer)) throw badEntry("issuer", "must be an address.");
  return move(entry, trimSlash(from), trimSlash(issuer)) as unknown as ProviderEntry;
}

function move(value: unknown, from: string, to: string): unknown {
  if (typeof value === "string")
    return isBelow(value, from) ? to + value.slice(from.length) : value;
  if (Array.isArray(value)) return value.map((item) => move(item, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, move(item, from, to)]),
  );
}

// Another host may begin with the same characters; it is not below the issuer.
function isBelow(address: string, issuer: string): boolean {
  return address.startsWith(issuer) && ["", "/", "?", "#"].includes(address.charAt(issuer.length));
}

function trimSlash(address: string): string {
  return address.endsWith("/") ? address.slice(0, -1) : address;
}

function requireText(entry: unknown, path: string[]): void {
  let value = entry;
  for (const name of path) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  }
  if (typeof value !== "string" || value === "") throw badEntry(path.join("."), "must be text.");
}

function badEntry(field: string, rule: string): TenonError {
  return misconfigured(`Provider entry: ${field} ${rule}`);
}
