import { unwrap } from "../answer.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, traceOf, userObject } from "../context.ts";
import { setCookie } from "../cookies.ts";
import { success } from "../envelope.ts";
import { ApiError } from "../errors.ts";
import { listOf, oneOf, optional, readFields, record, text, userId } from "../fields.ts";
import { principalOf, routeOf, userOf } from "../owner.ts";

const shape = {
  userId: optional(userId),
  redirectUrl: optional(text(2048)),
  scopes: optional(listOf(text(256), 100)),
  metadata: optional(record(16 * 1024)),
  binding: optional(oneOf("cookie", "none")),
};

/** connect begins a flow: the caller sends the browser to authUrl, with the cookie set here. Only
 * an API key may give up that cookie; a session that could would make links that connect a
 * victim's account to its own user. */
export async function connect(context: AppContext): Promise<Response> {
  const { userId: named, ...fields } = readFields(await readJsonObject(context.req.raw), shape);
  const user = userOf(context, named);
  const principal = principalOf(context);
  if (fields.binding === "none" && principal.kind !== "key") throw bindingNeeded();
  const session =
    principal.kind === "session" && principal.browser ? { session: principal.hash } : {};
  const call = { provider: context.req.param("provider") ?? "", ...user, ...fields, ...session };
  const object = userObject(context, await routeOf(context, user));
  const begun = unwrap(await object.begin(call, traceOf(context)));
  const { authUrl, state, expiresAt, flow, cookie } = begun;
  const answer = success({ authUrl, state, expiresAt, flow }, context.get("correlationId"), 201);
  if (cookie) answer.headers.append("Set-Cookie", setCookie(cookie));
  return answer;
}

function bindingNeeded(): ApiError {
  return new ApiError({
    code: "FORBIDDEN",
    message: "Only an API key may begin a flow that is not bound to a browser.",
    reason: "needs_api_key",
    field: "binding",
  });
}
