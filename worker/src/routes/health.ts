import { type AppContext, userObject } from "../context.ts";
import { core } from "../core.ts";
import { success } from "../envelope.ts";

/** health says that the worker runs and its settings are readable. */
export function health(context: AppContext): Response {
  return success({ status: "ok" }, context.get("correlationId"));
}

/** ready says that requests can be served: the core loads and objects answer. */
export async function ready(context: AppContext): Promise<Response> {
  await core();
  await userObject(context, "ready").ping();
  return success({ status: "ready" }, context.get("correlationId"));
}
