import type { Context } from "hono";
import type { Principal } from "./auth.ts";
import type { Config } from "./config.ts";
import type { Env } from "./env.ts";
import type { Log } from "./log.ts";
import type { Trace } from "./user-calls.ts";
import type { TenonUser } from "./user-object.ts";

/** App is what Hono carries from the first middleware to the routes. */
export interface App {
  Bindings: Env;
  Variables: {
    config: Config;
    /** The matched route, for logs. */
    pattern?: string;
    log: Log;
    correlationId: string;
    /** Who asks; absent on open routes. */
    principal?: Principal;
    /** The exact cause of a refusal, for the request's log line. */
    reason?: string;
  };
}

export type AppContext = Context<App>;

/** UserObject is what can be called from here. The runtime's own stub type loses every answer that
 * holds free-form metadata. */
export type UserObject = Pick<
  TenonUser,
  | "begin"
  | "finish"
  | "list"
  | "read"
  | "refresh"
  | "refreshMany"
  | "token"
  | "disconnect"
  | "createSession"
  | "findSession"
  | "tradeSession"
  | "endSession"
  | "ping"
>;

function stubOf(namespace: App["Bindings"]["TENON_USER"], id: DurableObjectId): UserObject {
  return namespace.get(id) as unknown as UserObject;
}

/** userObject gives the object of a shard, new or not. */
export function userObject(context: AppContext, route: string): UserObject {
  const { TENON_USER } = context.env;
  return stubOf(TENON_USER, TENON_USER.idFromName(route));
}

/** knownObject gives the object of a shard that a stranger named, or undefined when there is none
 * yet. On a local disk merely waking an object writes a file, so made-up names must not get there;
 * on Cloudflare an object that stores nothing leaves nothing. */
export async function knownObject(
  context: AppContext,
  route: string,
): Promise<UserObject | undefined> {
  const { TENON_USER, OBJECT_FILES } = context.env;
  const id = TENON_USER.idFromName(route);
  if (OBJECT_FILES) {
    const file = await OBJECT_FILES.fetch(`http://objects/${id}.sqlite`, { method: "HEAD" });
    if (file.status !== 200) return undefined;
  }
  return stubOf(TENON_USER, id);
}

/** traceOf gives what events should remember of a request. The address is believed only where
 * the platform sets it; anywhere else a client could write the header itself. */
export function traceOf(context: AppContext): Trace {
  const { headers } = context.req.raw;
  const platform = (context.req.raw as { cf?: unknown }).cf !== undefined;
  return {
    correlationId: context.get("correlationId"),
    ip: platform ? (headers.get("cf-connecting-ip") ?? undefined) : undefined,
    userAgent: headers.get("user-agent")?.slice(0, 256),
  };
}
