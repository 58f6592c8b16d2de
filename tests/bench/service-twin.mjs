// What somebody would write by hand in place of the service: the same steps on the same stored row
// and the same keys, with WebCrypto and JSON.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** sealingKey derives the AES key that the service derives from one secret of its ring. */
export async function sealingKey(secret) {
  const master = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = encoder.encode("tenon.seal.v1");
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  const algorithm = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(derivation, master, algorithm, false, ["encrypt", "decrypt"]);
}

/** createTwin gives getAccessToken on a storage and a map of sealing keys by id. */
export function createTwin(storage, keys) {
  return async ({ organizationId, userId, provider, accountId }) => {
    const path = [organizationId, userId, provider, accountId].map(encodeURIComponent);
    const [entry] = await storage.get([`connection/${path.join("/")}`]);
    if (!entry) throw new Error("no such account");
    const record = JSON.parse(entry.value);
    if (record.status !== "active") throw new Error("not connected");
    if (refreshIsDue(record, Date.now())) throw new Error("needs a refresh");
    const [aad, { keyId, iv, ciphertext }] = [aadOf(record), readSealed(record.accessToken)];
    return decoder.decode(await openSealed(keys.get(keyId), { iv, aad, ciphertext }));
  };
}

/** openSealed is the host's own AES-256-GCM, which both sides use. */
export function openSealed(key, { iv, aad, ciphertext }) {
  const parameters = { name: "AES-GCM", iv, additionalData: aad, tagLength: 128 };
  return crypto.subtle.decrypt(parameters, key, ciphertext);
}

/** aadOf binds a sealed access token to its row, field and generation. */
export function aadOf({ organization, id, generation }) {
  const fields = ["tenon.seal.v1", organization, id, "access_token", String(generation)];
  const parts = fields.map((field) => encoder.encode(field));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** readSealed takes a sealed text apart. */
export function readSealed(text) {
  const [version, keyId, iv, ciphertext] = text.split(".");
  if (version !== "t1") throw new Error("not sealed");
  return { keyId: Number(keyId), iv: bytesOf(iv), ciphertext: bytesOf(ciphertext) };
}

const bytesOf = (text) => Uint8Array.from(Buffer.from(text, "base64url"));

// The margin is five minutes, at most a fifth of the lifetime.
function refreshIsDue({ expiresAt, issuedAt }, now) {
  if (expiresAt === null) return false;
  return now >= expiresAt - Math.min(300_000, (expiresAt - issuedAt) / 5);
}
