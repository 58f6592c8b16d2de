import { misconfigured, type TenonError } from "./errors.js";
import type { Key } from "./slots.js";

// RingKey is a checked key; secret is ours and is filled with zeros after use.
export interface RingKey {
  id: number;
  secret: Uint8Array<ArrayBuffer>;
}

const secretBytesMin = 32;
const keysMax = 16;
// The wasm border carries an id as a signed number.
const keyIdMax = 2 ** 31 - 1;

// checkKeys copies a key ring. Throws CONFIGURATION_ERROR naming the key for one that is missing,
// short, one byte repeated, wrongly encoded, or has an id twice (R53).
export function checkKeys(keys: unknown): RingKey[] {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw misconfigured("keys must hold at least one key: without one, nothing can be sealed.");
  }
  if (keys.length > keysMax) throw misconfigured(`keys must hold at most ${keysMax} keys.`);
  const ids = new Set<number>();
  return (keys as Partial<Key>[]).map((key, index) => {
    const id = key?.id;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > keyIdMax) {
      throw badKey(index, `id must be a whole number from 0 to ${keyIdMax}`);
    }
    if (ids.has(id)) throw badKey(index, "id is used twice");
    ids.add(id);
    return { id, secret: checkSecret(key.secret, `keys[${index}].secret`) };
  });
}

// checkSecret decodes and copies one secret under the same rules.
export function checkSecret(secret: unknown, name: string): Uint8Array<ArrayBuffer> {
  const bytes = secret instanceof Uint8Array ? Uint8Array.from(secret) : decodeBase64url(secret);
  if (!bytes) throw misconfigured(`${name} must be bytes or base64url without padding.`);
  if (bytes.length < secretBytesMin) {
    throw misconfigured(`${name} must be at least ${secretBytesMin} bytes long.`);
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw misconfigured(`${name} is one byte repeated; make a random one.`);
  }
  return bytes;
}

// encodeBase64url writes bytes as base64url without padding (RFC 4648 section 5).
export function encodeBase64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeBase64url(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== "string" || !/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (unit) =>
    unit.charCodeAt(0),
  );
  // Unused bits of the last character must be zero: one key has one spelling.
  return encodeBase64url(bytes) === text ? bytes : undefined;
}

function badKey(index: number, rule: string): TenonError {
  return misconfigured(`keys[${index}].${rule}.`);
}
