// Makes the secrets that a deployment needs. Nothing is kept here: print them, or hand them over.
import { createHash, randomBytes } from "node:crypto";

/** createMasterKey gives one entry of TENON_KEYS. */
export function createMasterKey(id = 1) {
  return `${id}:${createRouteKey()}`;
}

/** createRouteKey gives a TENON_ROUTE_KEY; it is set once for a deployment and never changed. */
export function createRouteKey() {
  return randomBytes(32).toString("base64url");
}

/**
 * createApiKey gives a new key and its entry for TENON_API_KEYS, which holds only the hash.
 * @param {{ id: string, organizationId?: string, scopes: string[] }} options
 */
export function createApiKey({ id, organizationId = "default", scopes }) {
  const head = `tenon_${randomBytes(32).toString("base64url")}`;
  const checksum = createHash("sha256").update(head).digest("base64url").slice(0, 6);
  const key = `${head}_${checksum}`;
  const hash = createHash("sha256").update(key).digest("hex");
  return { key, entry: { id, hash, organizationId, scopes } };
}
