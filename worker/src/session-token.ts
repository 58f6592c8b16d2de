import { base64url, sha256 } from "./encoding.ts";

export interface SessionToken {
  /** The shard of the user whom the session belongs to. */
  route: string;
  /** What storage knows of the token. */
  hash: string;
}

/** createSessionToken makes an unguessable token for a user's shard. */
export async function createSessionToken(route: string): Promise<SessionToken & { token: string }> {
  const token = `ses_${route}_${base64url(crypto.getRandomValues(new Uint8Array(32)))}`;
  return { token, route, hash: await hashOf(token) };
}

/** parseSessionToken gives shard and hash of a presented token, or undefined when it has not the
 * shape of one. Whether it is known, only its shard can tell. */
export async function parseSessionToken(token: string): Promise<SessionToken | undefined> {
  const match = /^ses_([A-Za-z0-9_-]{22})_[A-Za-z0-9_-]{43}$/.exec(token);
  return match?.[1] ? { route: match[1], hash: await hashOf(token) } : undefined;
}

async function hashOf(token: string): Promise<string> {
  return base64url(await sha256(token));
}

/** sessionCookieName is host-bound on https; plain http on loopback cannot carry that prefix. */
export function sessionCookieName(local: boolean): string {
  return local ? "tenon-session" : "__Host-tenon-session";
}
