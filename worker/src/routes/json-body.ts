import { readJsonObject } from "../body.ts";
import type { AppContext } from "../context.ts";
import { core } from "../core.ts";

/** jsonBody reads the request's JSON object; the core's strict reader judges it first. */
export async function jsonBody(context: AppContext): Promise<Record<string, unknown>> {
  const { isStrictJson } = await core();
  return readJsonObject(context.req.raw, isStrictJson);
}
