import { afterEach, describe, expect, it, vi } from "vitest";
import { RandomPool } from "../../bindings/dist/src/random-pool.js";

afterEach(() => {
  vi.restoreAllMocks();
});

// Each draw is recorded, and filled with numbers that never come twice within it.
function recordDraws(): { pools: Uint8Array[]; drawn: Uint8Array[] } {
  const pools: Uint8Array[] = [];
  const drawn: Uint8Array[] = [];
  const draw = crypto.getRandomValues.bind(crypto);
  vi.spyOn(crypto, "getRandomValues").mockImplementation((target) => {
    const bytes = draw(target as unknown as Uint8Array<ArrayBuffer>);
    pools.push(bytes);
    drawn.push(bytes.slice());
    return target;
  });
  return { pools, drawn };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("pooled random bytes", () => {
  it("are all of them what the generator gave, each handed out once and wiped behind", () => {
    const { pools, drawn } = recordDraws();
    const pool = new RandomPool();
    const taken = Array.from({ length: 100 }, (_, i) => pool.take(1 + ((i * 7) % 90)));
    const all = drawn.map(hex).join();
    const places = new Set<string>();
    for (const bytes of taken.filter(({ length }) => length >= 8)) {
      expect(all).toContain(hex(bytes));
      places.add(hex(bytes));
    }
    expect(places.size).toBe(taken.filter(({ length }) => length >= 8).length);
    for (const bytes of taken.slice(-5).filter(({ length }) => length >= 8)) {
      expect(pools.map(hex).join()).not.toContain(hex(bytes));
    }
  });

  it("come from one draw for many small takes, and from a fresh one when too few are left", () => {
    const { drawn } = recordDraws();
    const pool = new RandomPool();
    for (let i = 0; i < 16; i++) pool.take(64);
    expect(drawn).toHaveLength(1);
    pool.take(1);
    expect(drawn).toHaveLength(2);
  });

  it.each([0, 1, 1024, 1025, 65_536])("are as many as asked for: %d", (size) => {
    const bytes = new RandomPool().take(size);
    expect(bytes).toHaveLength(size);
    if (size > 64) expect(bytes.some((byte) => byte !== 0)).toBe(true);
  });
});
