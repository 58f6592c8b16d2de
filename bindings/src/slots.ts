import type { Core } from "./core.js";
import { invalid } from "./errors.js";

// Key is one entry of a key ring: at least 32 bytes, as base64url without padding or as bytes.
export interface Key {
  id: number;
  secret: string | Uint8Array;
}

// Slots of the module are few; a page or worker needs one for each live key of a purpose.
const slotsMax = 64;

const base64urlDecode = 1;

// KeySlots keeps the module's key slots of one purpose, by secret. The slot used longest ago is
// dropped (and wiped by the core) when there are too many.
export class KeySlots {
  #renewals = 0;
  readonly #slots = new Map<string, number>();

  constructor(
    private readonly core: Core,
    private readonly purpose: number,
  ) {}

  // slot gives the slot of a secret. Throws VALIDATION_ERROR for one that is short, not base64url, or
  // one byte repeated. It uses the io buffer.
  slot(secret: string | Uint8Array, name: string): number {
    const { core } = this;
    const slots = this.#slots;
    if (this.#renewals !== core.renewals) {
      this.#renewals = core.renewals;
      slots.clear();
    }
    const id = typeof secret === "string" ? secret : `\0${String.fromCharCode(...secret)}`;
    let slot = slots.get(id);
    if (slot !== undefined && slots.size === 1) return slot;
    slots.delete(id);
    slot ??= this.#load(secret, name);
    slots.set(id, slot);
    return slot;
  }

  #load(secret: string | Uint8Array, name: string): number {
    const { core } = this;
    const { exports } = core;
    for (const [oldest, slot] of this.#slots) {
      if (this.#slots.size < slotsMax) break;
      exports.tenon_key_drop(slot);
      this.#slots.delete(oldest);
    }
    const size = core.put(secret);
    const { at } = core;
    try {
      const length =
        typeof secret === "string" ? exports.tenon_base64(base64urlDecode, at, size) : size;
      const bytes = core.look().subarray(at, at + Math.max(length, 0));
      if (length < 32 || bytes.every((byte) => byte === bytes[0])) {
        throw invalid(name, "must be at least 32 random bytes, as bytes or base64url.");
      }
      return core.check(exports.tenon_purpose_key(this.purpose, at, length));
    } finally {
      exports.tenon_wipe(at, size);
    }
  }
}
