// Row P16, inside a running engine: a module is compiled, instantiated and ready for its first call.
import { mustHold, mustRefuse } from "./rounds.mjs";

/** startUpJobs gives one job for each module; modules maps a name to { bytes, load }. */
export function startUpJobs(modules) {
  return Object.entries(modules).map(([name, { bytes, load }]) => ({
    id: `start-${name}`,
    open: async () => ({
      turns: 1,
      contenders: { tenon: () => load({ wasm: unlike(bytes) }) },
      check: () => check(bytes, load),
    }),
  }));
}

let copies = 0;

/**
 * unlike gives the same module with a custom section that no copy had before: engines keep the code
 * of bytes that they have already compiled.
 */
function unlike(bytes) {
  const section = new TextEncoder().encode(`\0\x0b\x0acopy${String(++copies).padStart(6, "0")}`);
  const copy = new Uint8Array(bytes.length + section.length);
  copy.set(bytes);
  copy.set(section, bytes.length);
  return copy;
}

async function check(bytes, load) {
  const { verifier, challenge } = (await load({ wasm: unlike(bytes) })).pkce.create();
  mustHold(verifier.length === 43 && challenge.length === 43, "the first pair of a fresh module");
  await mustRefuse(() => load({ wasm: bytes.slice(0, -9) }), "a module that was cut short");
}
