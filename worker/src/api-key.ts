import { SettingError } from "./config-keys.ts";
import { base64url, decodeHex, sha256 } from "./encoding.ts";
import { parseObjects } from "./setting-json.ts";

/** scopes lists what an API key may be allowed to do; a key has none that is not written down. */
export const scopes = [
  "connections:read",
  "connections:write",
  "tokens:read",
  "sessions:write",
] as const;

export type Scope = (typeof scopes)[number];

export interface ApiKeyRecord {
  id: string;
  hash: Uint8Array;
  organizationId: string;
  scopes: ReadonlySet<Scope>;
  expiresAt?: number;
}

function parseExpiry(variable: string, place: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new SettingError(variable, `${place}: expiresAt is not a date.`);
  return time;
}

/** parseApiKeys reads the list of key hashes; the keys themselves are kept nowhere. */
export function parseApiKeys(variable: string, text: string | undefined): ApiKeyRecord[] {
  if (!text) throw new SettingError(variable, "is not set. It lists the hashes of the API keys.");
  const members = ["id", "hash", "organizationId", "scopes", "expiresAt"];
  const records = parseObjects(variable, text, members).map((item, index) => {
    const place = `entry ${index + 1}`;
    const { id, organizationId } = item;
    if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
      throw new SettingError(variable, `${place}: id is not 1 to 64 letters, digits, - or _.`);
    }
    const hash = typeof item.hash === "string" ? decodeHex(item.hash) : undefined;
    if (hash?.length !== 32) {
      throw new SettingError(variable, `${place}: hash is not a SHA-256 in lower-case hex.`);
    }
    if (typeof organizationId !== "string" || !/^[\x21-\x7e]{1,128}$/.test(organizationId)) {
      throw new SettingError(variable, `${place}: organizationId is missing or not plain text.`);
    }
    const given = Array.isArray(item.scopes) ? item.scopes : [undefined];
    const foreign = given.find((scope) => !scopes.includes(scope));
    if (foreign !== undefined || given.includes(undefined)) {
      throw new SettingError(variable, `${place}: scopes may hold only ${scopes.join(", ")}.`);
    }
    const expiresAt = parseExpiry(variable, place, item.expiresAt);
    return { id, hash, organizationId, scopes: new Set<Scope>(given), expiresAt };
  });
  if (records.length === 0) throw new SettingError(variable, "lists no key.");
  return records;
}

const keyShape = /^tenon_([A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{6})$/;

async function checksumOf(secret: string): Promise<string> {
  return base64url(await sha256(`tenon_${secret}`)).slice(0, 6);
}

/** findApiKey gives the record of a presented key. The checksum only spares typing errors the
 * hash; what decides is the constant-time comparison with every record. */
export async function findApiKey(
  presented: string,
  records: readonly ApiKeyRecord[],
  now: number,
): Promise<ApiKeyRecord | undefined> {
  const match = keyShape.exec(presented);
  if (!match?.[1] || (await checksumOf(match[1])) !== match[2]) return undefined;
  const hash = await sha256(presented);
  let found: ApiKeyRecord | undefined;
  for (const record of records) {
    if (crypto.subtle.timingSafeEqual(hash, record.hash)) found = record;
  }
  return found?.expiresAt !== undefined && found.expiresAt <= now ? undefined : found;
}
