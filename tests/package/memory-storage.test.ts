import { createMemoryStorage } from "tenon/hosts/memory";
import { describe, expect, it } from "vitest";
import { storageCases } from "../conformance/storage.ts";

describe("the memory storage", () => {
  for (const { name, run } of storageCases) {
    it(name, async () => {
      await run((now) => createMemoryStorage({ now }));
    });
  }

  it("goes on from a dump that went through JSON, versions and expiry included", async () => {
    let now = 1000;
    const first = createMemoryStorage({ now: () => now });
    await first.commit({
      checks: [],
      writes: [
        { key: "a", value: "1" },
        { key: "b", value: "2", expiresAt: 2000 },
      ],
    });
    const from = JSON.parse(JSON.stringify(first.dump()));
    const second = createMemoryStorage({ now: () => now, from });
    expect(await second.get(["a", "b"])).toEqual(await first.get(["a", "b"]));
    const again = await second.commit({ checks: [], writes: [{ key: "a", value: "1" }] });
    const [before] = await first.get(["a"]);
    expect(again).toMatchObject({ ok: true });
    expect(again.ok && again.version).not.toBe(before?.version);
    now = 2000;
    expect(await second.get(["b"])).toEqual([null]);
  });
});
