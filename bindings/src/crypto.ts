import { type Core, roomFor } from "./core.js";
import { invalid } from "./errors.js";

const algorithms = ["SHA-1", "SHA-256", "SHA-512"] as const;
export type HashAlgorithm = (typeof algorithms)[number];

// HmacKey keeps both HMAC midstates of one key in the module, so each call hashes the data only.
export interface HmacKey {
  sign(data: string | Uint8Array): Uint8Array<ArrayBuffer>;
  // verify compares in constant time; a tag of another length is false.
  verify(data: string | Uint8Array, tag: Uint8Array): boolean;
  // drop wipes the key; the handle is of no use afterwards. There are 256 places for keys.
  drop(): void;
}

export interface TenonCrypto {
  hmacKey(algorithm: HashAlgorithm, key: string | Uint8Array): HmacKey;
  hash(algorithm: HashAlgorithm, data: string | Uint8Array): Uint8Array<ArrayBuffer>;
  // timingSafeEqual takes the same time wherever a and b differ; only the lengths may show.
  timingSafeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean;
}

// The longest digest; data is put behind it.
const head = 64;

export function createCrypto(core: Core): TenonCrypto {
  return {
    hmacKey: core.safe((algorithm, key) => createHmacKey(core, kindOf(algorithm), key)),
    hash: core.safe((algorithm, data) => {
      const size = core.put(data, head);
      return taken(core, core.exports.tenon_hash(kindOf(algorithm), core.at + head, size, core.at));
    }),
    timingSafeEqual: core.safe((a, b) => {
      const at = core.reserve(roomFor(a) + roomFor(b));
      const middle = core.write(a, at);
      const end = core.write(b, middle);
      const equal = core.exports.tenon_equal(at, middle - at, middle, end - middle) === 1;
      core.exports.tenon_wipe(at, end - at);
      return equal;
    }),
  };
}

function createHmacKey(core: Core, kind: number, key: string | Uint8Array): HmacKey {
  const keySize = core.put(key);
  const slot = core.check(core.exports.tenon_hmac_key(kind, core.at, keySize));
  core.exports.tenon_wipe(core.at, keySize);
  const { renewals } = core;
  let dropped = false;
  const isGone = (): boolean => dropped || renewals !== core.renewals;
  const live = (): number => {
    if (isGone()) throw invalid("key", "was dropped.");
    return slot;
  };
  return {
    sign: core.safe((data) => {
      const size = core.put(data, head);
      return taken(core, core.exports.tenon_hmac(live(), core.at + head, size, core.at));
    }),
    verify: core.safe((data, tag) => {
      if (tag.length > head) return false;
      const size = core.put(data, head);
      core.bytes.set(tag, core.at);
      const { at, exports } = core;
      return exports.tenon_hmac_verify(live(), at + head, size, at, tag.length) === 1;
    }),
    drop: () => {
      if (!isGone()) core.exports.tenon_key_drop(slot);
      dropped = true;
    },
  };
}

function kindOf(algorithm: HashAlgorithm): number {
  const kind = algorithms.indexOf(algorithm) + 1;
  if (kind === 0) throw invalid("algorithm", `must be one of ${algorithms.join(", ")}.`);
  return kind;
}

function taken(core: Core, length: number): Uint8Array<ArrayBuffer> {
  return core.look().slice(core.at, core.at + core.check(length));
}
