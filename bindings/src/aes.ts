// AES-256-GCM through WebCrypto, with a 96-bit nonce and a 128-bit tag: the one shape in use.

export interface AesInput {
  iv: Uint8Array<ArrayBuffer>;
  aad: Uint8Array<ArrayBuffer>;
  // text is the plaintext, or the ciphertext followed by its tag.
  text: Uint8Array<ArrayBuffer>;
}

const ivSize = 12;
const tagSize = 16;

// encryptAes gives the ciphertext followed by its tag. Rejects when WebCrypto does.
export async function encryptAes(
  key: CryptoKey,
  input: AesInput,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt(parameters(input), key, input.text));
}

// decryptAes gives the plaintext, or null when key, nonce, aad, text or tag is not the one sealed with.
export async function decryptAes(
  key: CryptoKey,
  input: AesInput,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (input.iv.length !== ivSize || input.text.length < tagSize) return null;
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(input), key, input.text));
  } catch {
    return null;
  }
}

function parameters({ iv, aad }: AesInput): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: aad, tagLength: tagSize * 8 };
}
