import type { ProviderEntry } from "tenon/providers";
import { catalog } from "./catalog.ts";
import { SettingError } from "./config-keys.ts";
import { parseObjects } from "./setting-json.ts";

export interface ConfiguredProvider {
  entry: ProviderEntry;
  clientId: string;
  clientSecret?: string;
  issuer?: string;
  /** Registered at the provider, made from the public address alone; never from a request. */
  redirectUri: string;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= 2048 ? value : undefined;
}

/** parseProviders reads which providers are configured, with the credentials of each. */
export function parseProviders(
  variable: string,
  text: string | undefined,
  publicOrigin: string,
): ConfiguredProvider[] {
  const members = ["provider", "clientId", "clientSecret", "issuer"];
  const seen = new Set<string>();
  return parseObjects(variable, text || "[]", members).map((item, index) => {
    const place = `entry ${index + 1}`;
    const id = textOf(item.provider);
    const entry = id === undefined ? undefined : catalog.get(id);
    if (!id || !entry) {
      const known = [...catalog.keys()].join(", ");
      throw new SettingError(variable, `${place}: provider is not one of ${known}.`);
    }
    if (seen.has(id)) throw new SettingError(variable, `${place}: provider ${id} is named twice.`);
    seen.add(id);
    const clientId = textOf(item.clientId);
    if (!clientId) throw new SettingError(variable, `${place}: clientId is missing.`);
    for (const name of ["clientSecret", "issuer"]) {
      if (item[name] !== undefined && !textOf(item[name])) {
        throw new SettingError(variable, `${place}: ${name} is not text.`);
      }
    }
    return {
      entry,
      clientId,
      clientSecret: textOf(item.clientSecret),
      issuer: textOf(item.issuer),
      redirectUri: `${publicOrigin}/v1/callback/${id}`,
    };
  });
}
