import { filled } from "./check.js";
import type { Core } from "./core.js";

export interface PkcePair {
  verifier: string;
  challenge: string;
  method: "S256";
}

export interface Pkce {
  // create makes a fresh pair from 32 random bytes (RFC 7636 section 4).
  create(): PkcePair;
  // challenge gives the S256 challenge of a verifier. Throws VALIDATION_ERROR for one that is not 43
  // to 128 unreserved characters.
  challenge(verifier: string): string;
}

const textSize = 43;

export function createPkce(core: Core): Pkce {
  return {
    create: core.safe(() => {
      const at = core.reserve(2 * textSize);
      core.random(at, 32);
      const pair = taken(core, core.exports.tenon_pkce(at));
      return { verifier: pair.slice(0, textSize), challenge: pair.slice(textSize), method: "S256" };
    }),
    challenge: core.safe((verifier) => {
      const size = core.put(filled(verifier, "verifier"));
      return taken(core, core.exports.tenon_pkce_challenge(core.at, size));
    }),
  };
}

// taken reads a result and wipes what lay there with it: the longest verifier has 128 characters.
function taken(core: Core, length: number): string {
  const { at } = core;
  const text = core.read(at, core.check(length));
  core.bytes.fill(0, at, at + 128);
  return text;
}
