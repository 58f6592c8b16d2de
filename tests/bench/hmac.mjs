// HMAC beside its peers: rows P1, P2 and P5. Every contender keeps its key where its API lets it,
// takes the message as bytes and gives the MAC as bytes.
import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { sha1 as nobleSha1 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { createHMAC, createSHA1, createSHA256, createSHA512 } from "hash-wasm";
import { equalBytes, mustHold } from "./rounds.mjs";

const algorithms = {
  "SHA-1": { node: "sha1", noble: nobleSha1, hashWasm: createSHA1 },
  "SHA-256": { node: "sha256", noble: nobleSha256, hashWasm: createSHA256 },
  "SHA-512": { node: "sha512", noble: nobleSha512, hashWasm: createSHA512 },
};

const shapes = [
  { hash: "SHA-256", bytes: 64 },
  { hash: "SHA-256", bytes: 16_384 },
  { hash: "SHA-512", bytes: 64 },
  { hash: "SHA-512", bytes: 65_536 },
  { hash: "SHA-1", bytes: 64 },
  { hash: "SHA-1", bytes: 65_536 },
];

const pattern = (bytes, step) => Uint8Array.from({ length: bytes }, (_, i) => (i * step + 5) & 255);

/** hmacJobs gives the jobs; createHmac is that of Node, where there is one. */
export function hmacJobs({ tenon, createHmac, hasHashWasm = true }) {
  return shapes.map(({ hash, bytes }) => ({
    id: `hmac-${hash.toLowerCase()}-${bytes}`,
    open: () => openJob({ tenon, createHmac, hasHashWasm, hash, bytes }),
  }));
}

async function openJob({ tenon, createHmac, hasHashWasm, hash, bytes }) {
  const key = pattern(32, 7);
  const message = pattern(bytes, 31);
  const forged = message.slice();
  forged[bytes - 1] ^= 1;
  const own = tenon.crypto.hmacKey(hash, key);
  const { node, noble, hashWasm } = algorithms[hash];
  const macs = {
    tenon: (input) => own.sign(input),
    noble: (input) => nobleHmac(noble, key, input),
    WebCrypto: await webCryptoMac(hash, key),
  };
  if (hasHashWasm) macs["hash-wasm"] = hashWasmMac(await createHMAC(hashWasm(), key));
  if (createHmac) macs["node:crypto"] = (input) => createHmac(node, key).update(input).digest();
  return {
    contenders: Object.fromEntries(
      Object.entries(macs).map(([name, mac]) => [name, () => mac(message)]),
    ),
    check: () => check({ macs, message, forged, verify: (input, tag) => own.verify(input, tag) }),
  };
}

const hashWasmMac = (hasher) => (input) => hasher.init().update(input).digest("binary");

async function webCryptoMac(hash, key) {
  const usages = ["sign", "verify"];
  const kept = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, usages);
  return async (input) => new Uint8Array(await crypto.subtle.sign("HMAC", kept, input));
}

async function check({ macs, message, forged, verify }) {
  const expected = await macs.WebCrypto(message);
  for (const [name, mac] of Object.entries(macs)) {
    mustHold(equalBytes(await mac(message), expected), `${name}'s MAC`);
    mustHold(!equalBytes(await mac(forged), expected), `${name}'s MAC of a forged message`);
  }
  mustHold(verify(message, expected), "tenon refuses a genuine message");
  mustHold(!verify(forged, expected), "tenon accepts a forged message");
}
