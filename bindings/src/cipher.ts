import { decryptAes, encryptAes } from "./aes.js";
import { misconfigured } from "./errors.js";
import type { Cipher } from "./host.js";
import type { RingKey } from "./keys.js";

const ivSize = 12;

// A random 96-bit nonce may be drawn 2^32 times for one key (SP 800-38D section 8.3); one isolate
// stops far below it.
const sealsMaxDefault = 2 ** 28;

// createCipher imports a checked key ring into WebCrypto, where the keys cannot be read out again,
// and fills the secrets with zeros. The core counts what it seals under each key and changes keys
// long before sealsMax; a key that sealed so many texts here refuses, whoever asks.
export async function createCipher(
  ring: readonly RingKey[],
  sealsMax = sealsMaxDefault,
): Promise<Cipher> {
  const keys = new Map<number, CryptoKey>();
  for (const { id, secret } of ring) {
    keys.set(id, await deriveKey(secret));
    secret.fill(0);
  }
  const seals = new Map<number, number>();
  return {
    seal: async (keyId, aad, plaintext) => {
      const key = keys.get(keyId);
      if (!key) throw misconfigured(`The key ring holds no key ${keyId}.`);
      const sealed = (seals.get(keyId) ?? 0) + 1;
      if (sealed > sealsMax) throw misconfigured(`Key ${keyId} was used too often; add a new one.`);
      seals.set(keyId, sealed);
      const iv = crypto.getRandomValues(new Uint8Array(ivSize));
      return { keyId, iv, ciphertext: await encryptAes(key, { iv, aad, text: plaintext }) };
    },
    open: async (aad, sealed) => {
      const key = keys.get(sealed.keyId);
      return key ? decryptAes(key, { iv: sealed.iv, aad, text: sealed.ciphertext }) : null;
    },
  };
}

// deriveKey makes the sealing key of a secret: HKDF-SHA-256 with a label of its own, so that no key
// of another purpose opens what this one seals.
async function deriveKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("tenon.seal.v1");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info },
    master,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
