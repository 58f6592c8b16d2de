import { bounded } from "./check.js";
import { invalid } from "./errors.js";
import type { Integrations } from "./types.js";

// RotationResult counts what a rotation of the keys did and what it left.
export interface RotationResult {
  // scanned is how many rows the last walk looked at.
  scanned: number;
  resealed: number;
  // unreadable is how many rows hold a text that no key of the ring opens.
  unreadable: number;
  // remaining is how many rows still hold a text of each older key, by key id. Empty when all is done.
  remaining: Record<string, number>;
}

export interface RetireResult {
  keyId: number;
  // removableAt is when the key may leave the ring: until then an instance may still seal under it.
  removableAt: Date;
}

// RotateFlow runs the core's flow once.
type RotateFlow = (input: object) => Promise<unknown>;

interface RotationPage extends RotationResult {
  nextCursor: string | null;
}

interface RetirePage {
  // removableAt is null before the last page.
  removableAt: number | null;
  nextCursor: string | null;
}

// Rows change while they are walked, so a walk can leave some; these are looked at again.
const walksMax = 5;

// keyMethods makes the methods of the key ring from the flow behind them.
export function keyMethods(run: RotateFlow): Pick<Integrations, "rotateKeys" | "retireKey"> {
  return {
    rotateKeys: async (input = {}) => {
      if (typeof input !== "object" || input === null) throw invalid("input", "must be an object.");
      let total = 0;
      for (let walk = 1; ; walk++) {
        const { resealed, ...seen } = await walkRows(run, input);
        total += resealed;
        const over = Object.keys(seen.remaining).length === 0 || resealed === 0;
        if (over || walk === walksMax) return { ...seen, resealed: total };
      }
    },
    retireKey: async (keyId, caller = {}) => {
      const retire = bounded(keyId, "keyId", 0, 2 ** 32 - 1);
      let cursor: string | null | undefined;
      for (;;) {
        const page = (await run({ ...caller, ...(cursor && { cursor }), retire })) as RetirePage;
        cursor = page.nextCursor;
        if (page.removableAt !== null) return { keyId, removableAt: new Date(page.removableAt) };
      }
    },
  };
}

async function walkRows(run: RotateFlow, input: object): Promise<RotationResult> {
  const all: RotationResult = { scanned: 0, resealed: 0, unreadable: 0, remaining: {} };
  let cursor: string | null | undefined;
  do {
    const page = (await run({ ...input, ...(cursor && { cursor }) })) as RotationPage;
    all.scanned += page.scanned;
    all.resealed += page.resealed;
    all.unreadable += page.unreadable;
    for (const [id, rows] of Object.entries(page.remaining)) {
      all.remaining[id] = (all.remaining[id] ?? 0) + rows;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
