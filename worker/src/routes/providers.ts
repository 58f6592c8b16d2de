import type { AppContext } from "../context.ts";
import { success } from "../envelope.ts";

/** listProviders shows what users can connect; credentials of the providers stay inside. */
export function listProviders(context: AppContext): Response {
  const providers = context.get("config").providers.map(({ entry }) => ({
    id: entry.id,
    displayName: entry.display_name,
    scopes: entry.oauth.default_scopes,
  }));
  return success({ providers }, context.get("correlationId"));
}
