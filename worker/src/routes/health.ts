import { unwrap } from "../answer.ts";
import { type AppContext, userObject } from "../context.ts";
import { core } from "../core.ts";
import { success } from "../envelope.ts";

/** health says that the worker runs and its settings are readable. */
export function health(context: AppContext): Response {
  return success({ status: "ok" }, context.get("correlationId"));
}

/** ready says that requests can be served: the core loads, objects answer, and the core accepts
 * every setting. */
export async function ready(context: AppContext): Promise<Response> {
  await core();
  unwrap(await userObject(context, "ready").ping());
  return success({ status: "ready" }, context.get("correlationId"));
}
