import { type ApiKeyRecord, parseApiKeys } from "./api-key.ts";
import { type MasterKey, parseKeys, parseRouteKey, SettingError } from "./config-keys.ts";
import { type ConfiguredProvider, parseProviders } from "./config-providers.ts";
import type { Env } from "./env.ts";

export { SettingError } from "./config-keys.ts";

export interface Config {
  keys: MasterKey[];
  routeKey: string;
  apiKeys: ApiKeyRecord[];
  providers: ConfiguredProvider[];
  /** Scheme, host and port under which browsers reach this worker. */
  publicOrigin: string;
  /** Only plain http on loopback is local: cookies lose their prefix, loopback providers are allowed. */
  local: boolean;
  returnOrigins: string[];
}

/** isLoopback tells whether a parsed address names this very machine. The URL parser has already
 * turned other spellings of an address into these. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

// What is refused is never quoted: a secret that was pasted into the wrong variable would show.
function parseOrigin(variable: string, text: string, place = ""): URL {
  const refused = (problem: string) => new SettingError(variable, `${place}${problem}`);
  if (!URL.canParse(text)) throw refused("is not an address.");
  const url = new URL(text);
  if (url.origin !== text.replace(/\/$/, "")) {
    throw refused("must be scheme, host and port only.");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw refused("must be https, or http on loopback.");
  }
  return url;
}

function parsePublicUrl(text: string | undefined): URL {
  if (!text) {
    throw new SettingError("TENON_PUBLIC_URL", "is not set. It is the address browsers use.");
  }
  return parseOrigin("TENON_PUBLIC_URL", text);
}

function parseReturnOrigins(text: string | undefined): string[] {
  const parts = (text ?? "").split(",").map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part, index) => {
      const place = `entry ${index + 1} `;
      return parseOrigin("TENON_RETURN_ORIGINS", part, place).origin;
    });
}

/** parseConfig reads every setting; it throws a SettingError that names the variable at fault. */
export function parseConfig(env: Env): Config {
  const keys = parseKeys("TENON_KEYS", env.TENON_KEYS);
  const routeKey = parseRouteKey("TENON_ROUTE_KEY", env.TENON_ROUTE_KEY);
  const publicUrl = parsePublicUrl(env.TENON_PUBLIC_URL);
  return {
    keys,
    routeKey,
    apiKeys: parseApiKeys("TENON_API_KEYS", env.TENON_API_KEYS),
    providers: parseProviders("TENON_PROVIDERS", env.TENON_PROVIDERS, publicUrl.origin),
    publicOrigin: publicUrl.origin,
    local: publicUrl.protocol === "http:",
    returnOrigins: parseReturnOrigins(env.TENON_RETURN_ORIGINS),
  };
}

const parsed = new WeakMap<Env, Config | SettingError>();

/** configOf gives the settings of an environment, parsed once; a faulty one gives its error. */
export function configOf(env: Env): Config | SettingError {
  let config = parsed.get(env);
  if (!config) {
    try {
      config = parseConfig(env);
    } catch (thrown) {
      if (!(thrown instanceof SettingError)) throw thrown;
      config = thrown;
    }
    parsed.set(env, config);
  }
  return config;
}
