import { readFileSync } from "node:fs";
import { createMemoryStorage } from "tenon/hosts/memory";
import { createIntegrations } from "tenon/service";
import { describe, expect, it } from "vitest";
import { decryptAes, encryptAes } from "../../bindings/dist/src/aes.js";
import { createCipher } from "../../bindings/dist/src/cipher.js";
import { checkKeys } from "../../bindings/dist/src/keys.js";

const encoder = new TextEncoder();
const secretOf = (start: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (start + i) & 255)).toString("base64url");
const ring = (...ids: number[]) => checkKeys(ids.map((id) => ({ id, secret: secretOf(id) })));
const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, "hex"));

interface AesGroup {
  keySize: number;
  ivSize: number;
  tagSize: number;
  tests: Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag" | "result", string>[];
}

describe("AES-256-GCM of the host", () => {
  it("[R49] agrees with all 66 Wycheproof cases of its shape", async () => {
    const file = new URL("../vectors/wycheproof/aes_gcm_test.json", import.meta.url);
    const { testGroups } = JSON.parse(readFileSync(file, "utf8")) as { testGroups: AesGroup[] };
    const cases = testGroups
      .filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128)
      .flatMap(({ tests }) => tests);
    expect(cases).toHaveLength(66);
    for (const { key, iv, aad, msg, ct, tag, result } of cases) {
      const aes = await crypto.subtle.importKey("raw", hex(key), "AES-GCM", false, [
        "encrypt",
        "decrypt",
      ]);
      const around = { iv: hex(iv), aad: hex(aad) };
      const opened = await decryptAes(aes, { ...around, text: hex(ct + tag) });
      expect(opened).toEqual(result === "valid" ? hex(msg) : null);
      if (result !== "valid") continue;
      expect(await encryptAes(aes, { ...around, text: hex(msg) })).toEqual(hex(ct + tag));
    }
  });

  it.each([
    ["a nonce of another length", 8, 32],
    ["a text shorter than a tag", 12, 15],
  ])("opens nothing with %s", async (_name, ivSize, textSize) => {
    const aes = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, [
      "decrypt",
    ]);
    const input = { aad: hex(""), iv: new Uint8Array(ivSize), text: new Uint8Array(textSize) };
    expect(await decryptAes(aes, input)).toBeNull();
  });
});

describe("the key ring", () => {
  const aad = encoder.encode("row");
  const plaintext = encoder.encode("a token");

  it("opens what it sealed, with a fresh nonce each time", async () => {
    const cipher = await createCipher(ring(1));
    const first = await cipher.seal(1, aad, plaintext);
    const second = await cipher.seal(1, aad, plaintext);
    expect(first.iv).not.toEqual(second.iv);
    expect(await cipher.open(aad, first)).toEqual(plaintext);
    expect(await cipher.open(aad, second)).toEqual(plaintext);
  });

  it("[R49] draws a million nonces without one twice", async () => {
    const cipher = await createCipher(ring(1));
    const nonces = new Set<string>();
    const empty = new Uint8Array(0);
    // The nonces are what is looked at; encrypting a million times would take a minute.
    Object.assign(crypto.subtle, { encrypt: async () => new ArrayBuffer(16) });
    try {
      for (let n = 0; n < 1_000_000; n++) {
        const { iv } = await cipher.seal(1, empty, empty);
        nonces.add(String.fromCharCode(...iv));
      }
    } finally {
      Reflect.deleteProperty(crypto.subtle, "encrypt");
    }
    expect(nonces.size).toBe(1_000_000);
  }, 60_000);

  it("[R50] opens nothing under another aad", async () => {
    const cipher = await createCipher(ring(1));
    expect(
      await cipher.open(encoder.encode("rov"), await cipher.seal(1, aad, plaintext)),
    ).toBeNull();
  });

  it("[R51] opens nothing with any byte changed, or with an unknown key", async () => {
    const cipher = await createCipher(ring(1));
    const sealed = await cipher.seal(1, aad, plaintext);
    for (const part of ["iv", "ciphertext"] as const) {
      for (let i = 0; i < sealed[part].length; i++) {
        const changed = {
          ...sealed,
          [part]: sealed[part].map((byte, at) => (at === i ? byte ^ 1 : byte)),
        };
        expect(await cipher.open(aad, changed)).toBeNull();
      }
    }
    expect(await cipher.open(aad, { ...sealed, keyId: 2 })).toBeNull();
  });

  it("[R52] seals under the key that is named, opens with every one, and has no other", async () => {
    const old = await (await createCipher(ring(1))).seal(1, aad, plaintext);
    const rotated = await createCipher(ring(2, 1));
    expect(await rotated.open(aad, old)).toEqual(plaintext);
    expect((await rotated.seal(2, aad, plaintext)).keyId).toBe(2);
    await expect(rotated.seal(3, aad, plaintext)).rejects.toMatchObject({
      code: "CONFIGURATION_ERROR",
    });
    expect(await (await createCipher(ring(2))).open(aad, old)).toBeNull();
  });

  it("[R49] stops sealing when a key was used as often as allowed, and still opens", async () => {
    const cipher = await createCipher(ring(1), 2);
    const sealed = await cipher.seal(1, aad, plaintext);
    await cipher.seal(1, aad, plaintext);
    await expect(cipher.seal(1, aad, plaintext)).rejects.toMatchObject({
      code: "CONFIGURATION_ERROR",
    });
    expect(await cipher.open(aad, sealed)).toEqual(plaintext);
  });

  it("fills the secrets with zeros after importing them, and leaves the caller's alone", async () => {
    const own = new Uint8Array(32).map((_, i) => i);
    const keys = checkKeys([{ id: 1, secret: own }]);
    await createCipher(keys);
    expect(keys[0]?.secret.every((byte) => byte === 0)).toBe(true);
    expect(own[31]).toBe(31);
  });

  it("[R53] imports keys that cannot be read out again", async () => {
    const extractable: boolean[] = [];
    const { importKey, deriveKey } = crypto.subtle;
    const watch =
      <F extends (...args: never[]) => Promise<CryptoKey>>(original: F) =>
      async (...args: Parameters<F>): Promise<CryptoKey> => {
        const key = await original.apply(crypto.subtle, args);
        extractable.push(key.extractable);
        return key;
      };
    Object.assign(crypto.subtle, { importKey: watch(importKey), deriveKey: watch(deriveKey) });
    try {
      await createCipher(ring(1, 2));
    } finally {
      Reflect.deleteProperty(crypto.subtle, "importKey");
      Reflect.deleteProperty(crypto.subtle, "deriveKey");
    }
    expect(extractable).toEqual([false, false, false, false]);
  });
});

describe("[R53] a service with bad keys", () => {
  const good = secretOf(0);
  const bad: [name: string, keys: unknown][] = [
    ["no ring", undefined],
    ["an empty ring", []],
    ["no secret", [{ id: 1 }]],
    ["an empty secret", [{ id: 1, secret: "" }]],
    ["31 bytes", [{ id: 1, secret: new Uint8Array(31).map((_, i) => i) }]],
    ["31 bytes as text", [{ id: 1, secret: good.slice(0, 41) + good.slice(0, 0) }]],
    ["one byte repeated", [{ id: 1, secret: new Uint8Array(32).fill(0x41) }]],
    ["zeros as text", [{ id: 1, secret: "A".repeat(43) }]],
    ["standard base64 with padding", [{ id: 1, secret: `${good}=` }]],
    ["characters outside of base64url", [{ id: 1, secret: `+/${good.slice(2)}` }]],
    ["white space", [{ id: 1, secret: `${good}\n` }]],
    ["bits left over at the end", [{ id: 1, secret: `${good.slice(0, 42)}9` }]],
    [
      "a bad key behind a good one",
      [
        { id: 1, secret: good },
        { id: 2, secret: "short" },
      ],
    ],
    [
      "an id twice",
      [
        { id: 1, secret: good },
        { id: 1, secret: secretOf(9) },
      ],
    ],
    ["an id that is no number", [{ id: "1", secret: good }]],
    ["a negative id", [{ id: -1, secret: good }]],
    ["a fractional id", [{ id: 1.5, secret: good }]],
    ["an id beyond the border's numbers", [{ id: 2 ** 31, secret: good }]],
  ];

  it.each(bad)("does not start with %s, and shows no secret", async (_name, keys) => {
    const options = { storage: createMemoryStorage(), keys, providers: [] };
    const failure: unknown = await Reflect.apply(createIntegrations, undefined, [options]).catch(
      (cause: unknown) => cause,
    );
    expect(failure).toMatchObject({ name: "TenonError", code: "CONFIGURATION_ERROR" });
    const shown = JSON.stringify(failure);
    expect(shown).toContain("key");
    expect(shown).not.toContain(good.slice(2, 14));
  });
});
