import { decodeBase64url } from "./encoding.ts";

/** SettingError says which variable is wrong and why, in words an operator can act on. */
export class SettingError extends Error {
  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = "SettingError";
  }
}

export interface MasterKey {
  id: number;
  secret: string;
}

function checkSecret(variable: string, what: string, text: string): void {
  const bytes = decodeBase64url(text);
  if (!bytes) throw new SettingError(variable, `${what} is not base64url without padding.`);
  if (bytes.length < 32) throw new SettingError(variable, `${what} is shorter than 32 bytes.`);
  if (new Set(bytes).size < 8) throw new SettingError(variable, `${what} is not random.`);
}

/** parseKeys reads "2:<secret>,1:<secret>"; the first key signs and seals, all verify and open. */
export function parseKeys(variable: string, text: string | undefined): MasterKey[] {
  if (!text) {
    throw new SettingError(
      variable,
      'is not set. It holds the master keys, as "1:<32 random bytes in base64url>".',
    );
  }
  const keys = text.split(",").map((part, index) => {
    const match = /^([1-9][0-9]{0,8}):(.*)$/.exec(part.trim());
    if (!match) throw new SettingError(variable, `entry ${index + 1} is not "<number>:<secret>".`);
    const [, id = "", secret = ""] = match;
    checkSecret(variable, `entry ${index + 1}`, secret);
    return { id: Number(id), secret };
  });
  if (keys.length > 16) throw new SettingError(variable, "holds more than 16 keys.");
  if (new Set(keys.map((key) => key.id)).size < keys.length) {
    throw new SettingError(variable, "names a key id twice.");
  }
  return keys;
}

/** parseRouteKey reads the key that names shards; it is set once and never rotated. */
export function parseRouteKey(variable: string, text: string | undefined): string {
  if (!text) throw new SettingError(variable, "is not set. It is 32 random bytes in base64url.");
  checkSecret(variable, "the key", text);
  return text;
}
