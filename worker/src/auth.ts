import { unwrap } from "./answer.ts";
import { type ApiKeyRecord, findApiKey, type Scope } from "./api-key.ts";
import { type AppContext, knownObject } from "./context.ts";
import { cookieValue } from "./cookies.ts";
import { checkSameOrigin } from "./csrf.ts";
import { forbidden, unauthorized } from "./errors.ts";
import type { SessionKind } from "./session-store.ts";
import { parseSessionToken, sessionCookieName } from "./session-token.ts";

/** Access is what a route asks for: nothing, for a written reason; or a scope of an API key, and
 * maybe a user's session instead. */
export type Access = { open: string } | { scope: Scope; session: boolean };

export interface KeyPrincipal {
  kind: "key";
  keyId: string;
  organizationId: string;
  scopes: ReadonlySet<Scope>;
}

export interface SessionPrincipal {
  kind: "session";
  organizationId: string;
  userId: string;
  expiresAt: number;
  /** Where the session lives, and under which name. */
  route: string;
  hash: string;
  browser: boolean;
}

export type Principal = KeyPrincipal | SessionPrincipal;

/** authorize gives who asks, or throws UNAUTHORIZED or FORBIDDEN. A request with an Authorization
 * header is judged by it alone. */
export async function authorize(
  context: AppContext,
  access: Exclude<Access, { open: string }>,
): Promise<Principal> {
  const header = context.req.header("authorization");
  const principal =
    header === undefined ? await browserSession(context) : await bearer(context, header);
  if (!principal) throw unauthorized(header === undefined ? "no_credential" : "bad_credential");
  if (principal.kind === "key") {
    if (!principal.scopes.has(access.scope)) throw forbidden("missing_scope");
    return principal;
  }
  if (!access.session) throw forbidden("needs_api_key");
  if (principal.browser) checkSameOrigin(context.req.raw, context.get("config").publicOrigin);
  return principal;
}

/** browserSession gives the live session of the request's cookie, if there is one. */
export async function browserSession(context: AppContext): Promise<SessionPrincipal | undefined> {
  const name = sessionCookieName(context.get("config").local);
  const token = cookieValue(context.req.header("cookie") ?? null, name);
  return token === undefined ? undefined : findSession(context, token, "browser");
}

async function bearer(context: AppContext, header: string): Promise<Principal | undefined> {
  const token = /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(header)?.[1];
  if (token === undefined) return undefined;
  if (token.startsWith("ses_")) return findSession(context, token, "handed");
  const record = await findApiKey(token, context.get("config").apiKeys, Date.now());
  return record && keyPrincipal(record);
}

function keyPrincipal({ id, organizationId, scopes }: ApiKeyRecord): KeyPrincipal {
  return { kind: "key", keyId: id, organizationId, scopes };
}

async function findSession(
  context: AppContext,
  text: string,
  kind: SessionKind,
): Promise<SessionPrincipal | undefined> {
  const token = await parseSessionToken(text);
  if (!token) return undefined;
  const object = await knownObject(context, token.route);
  const found = object && unwrap(await object.findSession(token.hash, kind));
  if (!found) return undefined;
  const { organizationId, userId, expiresAt } = found;
  const { route, hash } = token;
  const browser = kind === "browser";
  return { kind: "session", organizationId, userId, expiresAt, route, hash, browser };
}
