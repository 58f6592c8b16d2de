import { SettingError } from "./config-keys.ts";

export type SettingObject = Record<string, unknown>;

/** parseObjects reads a variable that holds a JSON list of objects with known members only. */
export function parseObjects(
  variable: string,
  text: string,
  members: readonly string[],
): SettingObject[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new SettingError(variable, "is not JSON.");
  }
  if (!Array.isArray(list)) throw new SettingError(variable, "is not a JSON list.");
  return list.map((item: unknown, index) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) {
      throw new SettingError(variable, `entry ${index + 1} is not an object.`);
    }
    if (Object.keys(item).some((name) => !members.includes(name))) {
      const known = members.join(", ");
      throw new SettingError(variable, `entry ${index + 1} may have only the members ${known}.`);
    }
    return item as SettingObject;
  });
}
