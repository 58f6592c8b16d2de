import type { Principal } from "./auth.ts";
import { type AppContext, knownObject } from "./context.ts";
import { core } from "./core.ts";
import { forbidden, invalid, noConnection } from "./errors.ts";
import type { Owner } from "./user-calls.ts";

/** principalOf gives who asks on a route that is not open. */
export function principalOf(context: AppContext): Principal {
  const principal = context.get("principal");
  if (!principal) throw new Error("route without a principal");
  return principal;
}

/** ownerOf limits what a caller may touch: a key its organization, a session its user. */
export function ownerOf(context: AppContext): Owner {
  const principal = principalOf(context);
  const { organizationId } = principal;
  return principal.kind === "key"
    ? { organizationId }
    : { organizationId, userId: principal.userId };
}

/** userOf gives the user that a request is about. Keys must name one; a session has its own, and
 * naming another one grants nothing. */
export function userOf(
  context: AppContext,
  named: string | undefined,
): { organizationId: string; userId: string } {
  const principal = principalOf(context);
  const { organizationId } = principal;
  if (principal.kind === "key") {
    if (named === undefined) throw invalid("An API key must name the user.", "userId");
    return { organizationId, userId: named };
  }
  if (named !== undefined && named !== principal.userId) throw forbidden("other_user");
  return { organizationId, userId: principal.userId };
}

/** routeOf names the shard of a user. */
export async function routeOf(
  context: AppContext,
  user: { organizationId: string; userId: string },
): Promise<string> {
  const { routeKey } = context.get("config");
  return (await core()).route({ routeKey, ...user });
}

/** connectionObject finds the object that holds a connection, by the route that its id carries. */
export async function connectionObject(context: AppContext) {
  const connectionId = context.req.param("id") ?? "";
  const route = connectionRoute(connectionId);
  const object = route === undefined ? undefined : await knownObject(context, route);
  if (!object) throw noConnection();
  return { connectionId, object };
}

/** connectionRoute gives the route that a connection id carries; undefined for what is no id. */
export function connectionRoute(connectionId: string): string | undefined {
  return /^con_([A-Za-z0-9_-]{22})_[A-Za-z0-9_-]{1,64}$/.exec(connectionId)?.[1];
}
