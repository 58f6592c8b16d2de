import { unwrap } from "../answer.ts";
import { browserSession } from "../auth.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, knownObject, userObject } from "../context.ts";
import { setCookie } from "../cookies.ts";
import { checkSameOrigin } from "../csrf.ts";
import { success } from "../envelope.ts";
import { forbidden, unauthorized } from "../errors.ts";
import { optional, readFields, text, userId } from "../fields.ts";
import { principalOf, routeOf } from "../owner.ts";
import { createSessionToken, parseSessionToken, sessionCookieName } from "../session-token.ts";

const createShape = { userId, organizationId: optional(text(128)) };
const browserShape = { token: text(128) };

/** createSession lets a server sign one of its users in: the url is opened in the user's browser.
 * The token stands behind a #, so it reaches no server, log or Referer on its way. */
export async function createSession(context: AppContext): Promise<Response> {
  const fields = readFields(await readJsonObject(context.req.raw), createShape);
  const { organizationId } = principalOf(context);
  const foreign = fields.organizationId !== undefined && fields.organizationId !== organizationId;
  if (foreign) throw forbidden("other_organization");
  const user = { organizationId, userId: fields.userId };
  const { token, route, hash } = await createSessionToken(await routeOf(context, user));
  const session = unwrap(await userObject(context, route).createSession(hash, user));
  const expiresAt = new Date(session.expiresAt).toISOString();
  const url = `${context.get("config").publicOrigin}/#session=${token}`;
  return success({ token, expiresAt, url }, context.get("correlationId"), 201);
}

/** startBrowserSession trades a handed token for a cookie with a new one: whatever cookie was
 * there before, planted or not, is replaced, its session ended, and the handed token used up. */
export async function startBrowserSession(context: AppContext): Promise<Response> {
  const { publicOrigin, local } = context.get("config");
  checkSameOrigin(context.req.raw, publicOrigin);
  const { token } = readFields(await readJsonObject(context.req.raw), browserShape);
  const handed = await parseSessionToken(token);
  const object = handed && (await knownObject(context, handed.route));
  if (!object) throw unauthorized("bad_credential");
  const standing = await browserSession(context);
  const browser = await createSessionToken(handed.route);
  const session = unwrap(await object.tradeSession(handed.hash, browser.hash));
  if (!session) throw unauthorized("session_unknown");
  if (standing) unwrap(await userObject(context, standing.route).endSession(standing.hash));
  const answer = success(shownSession(session), context.get("correlationId"), 201);
  const maxAgeS = Math.floor((session.expiresAt - session.createdAt) / 1000);
  const name = sessionCookieName(local);
  const cookie = setCookie({ name, value: browser.token, maxAgeS, secure: !local });
  answer.headers.append("Set-Cookie", cookie);
  return answer;
}

/** currentSession names the user of a session. A handed one also learns which session of this
 * browser trading it would end, so that a page can ask first. */
export async function currentSession(context: AppContext): Promise<Response> {
  const session = sessionOf(context);
  const correlationId = context.get("correlationId");
  if (session.browser) return success(shownSession(session), correlationId);
  const standing = await browserSession(context);
  const ends = standing ? shownSession(standing) : null;
  return success({ ...shownSession(session), standing: ends }, correlationId);
}

/** endSession signs out on the server, so that a copied cookie is worth nothing afterwards. */
export async function endSession(context: AppContext): Promise<Response> {
  const { route, hash } = sessionOf(context);
  unwrap(await userObject(context, route).endSession(hash));
  const { local } = context.get("config");
  const answer = success({ ended: true }, context.get("correlationId"));
  const name = sessionCookieName(local);
  answer.headers.append("Set-Cookie", setCookie({ name, value: "", maxAgeS: 0, secure: !local }));
  return answer;
}

function sessionOf(context: AppContext) {
  const principal = principalOf(context);
  if (principal.kind !== "session") throw forbidden("needs_session");
  return principal;
}

function shownSession(session: { userId: string; organizationId: string; expiresAt: number }) {
  const { userId, organizationId, expiresAt } = session;
  return { userId, organizationId, expiresAt: new Date(expiresAt).toISOString() };
}
