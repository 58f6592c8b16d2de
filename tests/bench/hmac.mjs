// HMAC beside its peers: budgets P1, P2 and P5. Every contender keeps its key where its API lets
// it, takes the message as bytes and gives the MAC as bytes.
import { createHmac } from "node:crypto";
import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { sha1 as nobleSha1 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { createHMAC, createSHA1, createSHA256, createSHA512 } from "hash-wasm";

const algorithms = {
  sha1: { number: 1, tagBytes: 20, noble: nobleSha1, hashWasm: createSHA1 },
  sha256: { number: 2, tagBytes: 32, noble: nobleSha256, hashWasm: createSHA256 },
  sha512: { number: 3, tagBytes: 64, noble: nobleSha512, hashWasm: createSHA512 },
};

const plan = [
  { budget: "P1", hash: "sha256", bytes: 64, goals: { "hash-wasm": 3.4, "node:crypto": 3.9 } },
  { budget: "P2", hash: "sha256", bytes: 16_384, goals: { "hash-wasm": 1.35, noble: 2.8 } },
  { budget: "P5", hash: "sha512", bytes: 64, goals: { "hash-wasm": 2.8 } },
  { budget: "P5", hash: "sha512", bytes: 65_536, goals: { "hash-wasm": 0.95 } },
  { budget: "P5", hash: "sha1", bytes: 64, goals: { "hash-wasm": 2.8 } },
  { budget: "P5", hash: "sha1", bytes: 65_536, goals: { "hash-wasm": 1.0 } },
];

/**
 * jobs gives the HMAC jobs for a bench runner.
 *
 * `tenon` is `{ memory, io_ptr, hmac_key(alg, ptr, len) → slot, hmac(slot, ptr, len, outPtr) }`:
 * raw exports, with `io_ptr` the address (or a function giving it) of at least 64 KiB + 64 bytes.
 *
 * Each job is `{ budget, name, bytes, message, forged, goals, contenders }`. A contender is a
 * synchronous function from message bytes to MAC bytes; all give the same answer for `message`
 * and another one for `forged`. `goals` maps a peer to the least ratio peer time ÷ tenon time.
 */
export async function jobs(tenon) {
  const list = [];
  for (const { budget, hash, bytes, goals } of plan) {
    const algorithm = algorithms[hash];
    const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 7 + 1) & 255);
    const message = Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + 5) & 255);
    const forged = message.slice();
    forged[bytes - 1] ^= 1;
    list.push({
      budget,
      name: `hmac-${hash} ${bytes} B`,
      bytes,
      message,
      forged,
      goals,
      contenders: {
        tenon: tenonContender(tenon, algorithm, key),
        "hash-wasm": await hashWasmContender(algorithm, key),
        "node:crypto": (input) => createHmac(hash, key).update(input).digest(),
        noble: (input) => nobleHmac(algorithm.noble, key, input),
      },
    });
  }
  return list;
}

function tenonContender({ memory, io_ptr, hmac_key, hmac }, { number, tagBytes }, key) {
  const io = typeof io_ptr === "function" ? io_ptr() : io_ptr;
  let view = new Uint8Array(memory.buffer);
  view.set(key, io);
  const slot = hmac_key(number, io, key.length);
  return (input) => {
    // A grown memory detaches the old view, whose length is then 0.
    if (view.length === 0) view = new Uint8Array(memory.buffer);
    view.set(input, io + 64);
    hmac(slot, io + 64, input.length, io);
    return view.slice(io, io + tagBytes);
  };
}

async function hashWasmContender({ hashWasm }, key) {
  const hasher = await createHMAC(hashWasm(), key);
  return (input) => hasher.init().update(input).digest("binary");
}
