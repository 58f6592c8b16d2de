// What every storage adapter must do. Neutral of any test runner: each case gets a factory of empty
// stores and throws when the store breaks the contract, so the same cases run under vitest and inside
// workerd.
import type { CommitResult, Entry, Storage, StorageWrite } from "tenon/service";

// OpenStore makes an empty store that reads its time from the given clock.
export type OpenStore = (now: () => number) => Promise<Storage> | Storage;

export interface StorageCase {
  name: string;
  run(open: OpenStore): Promise<void>;
}

const clock = (): number => 1_000_000;

function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: got ${a?.slice(0, 500)}, expected ${b?.slice(0, 500)}`);
}

function ensure(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

function set(key: string, value = `value of ${key}`): StorageWrite {
  return { key, value };
}

async function write(store: Storage, writes: StorageWrite[]): Promise<string> {
  const result = await store.commit({ checks: [], writes });
  if (!result.ok) throw new Error("an unconditional commit was refused");
  return result.version;
}

async function read(store: Storage, key: string): Promise<Entry | null> {
  const [entry] = await store.get([key]);
  if (entry === undefined) throw new Error("get left an answer out");
  return entry;
}

const keysOf = (entries: Entry[]): string[] => entries.map(({ key }) => key);

// Sorted by UTF-8 bytes. UTF-16 order would put the last before the three ahead of it.
const bytewise = [
  "A",
  "Z",
  "a",
  "a!",
  "a/",
  "aa",
  "z",
  "~",
  "\u0080",
  "\u00ff",
  "\u07ff",
  "\u0800",
  "\ud7ff",
  "\ue000",
  "\uff61",
  "\uffff",
  "\u{10000}",
  "\u{10ffff}",
];

const reading: StorageCase[] = [
  {
    name: "gives null for keys that were never written",
    run: async (open) => {
      const store = await open(clock);
      equal(await store.get(["a", "b"]), [null, null], "get");
      equal(await store.get([]), [], "get of nothing");
      equal(await store.list({ prefix: "", limit: 10 }), [], "list");
    },
  },
  {
    name: "answers get in the order asked, repeats included",
    run: async (open) => {
      const store = await open(clock);
      const version = await write(store, [set("a", "1"), set("b", "2")]);
      equal(
        await store.get(["b", "missing", "a", "b"]),
        [
          { key: "b", value: "2", version },
          null,
          { key: "a", value: "1", version },
          { key: "b", value: "2", version },
        ],
        "get",
      );
    },
  },
  {
    name: "orders keys by their UTF-8 bytes",
    run: async (open) => {
      const store = await open(clock);
      const shuffled = bytewise.map((_, i) => bytewise[(i * 7) % bytewise.length] ?? "");
      await write(
        store,
        shuffled.map((key) => set(key)),
      );
      equal(keysOf(await store.list({ prefix: "", limit: 100 })), bytewise, "order");
    },
  },
  {
    name: "lists backwards with reverse",
    run: async (open) => {
      const store = await open(clock);
      await write(
        store,
        bytewise.map((key) => set(key)),
      );
      const found = await store.list({ prefix: "", limit: 100, reverse: true });
      equal(keysOf(found), [...bytewise].reverse(), "order");
    },
  },
  {
    name: "takes a prefix literally, wildcards of SQL included",
    run: async (open) => {
      const store = await open(clock);
      const keys = ["a%", "a%b", "a_", "a_b", "ab", "abc", "b", "a*", "a?"];
      await write(
        store,
        keys.map((key) => set(key)),
      );
      equal(keysOf(await store.list({ prefix: "a%", limit: 10 })), ["a%", "a%b"], "percent");
      equal(keysOf(await store.list({ prefix: "a_", limit: 10 })), ["a_", "a_b"], "underscore");
      equal(keysOf(await store.list({ prefix: "a*", limit: 10 })), ["a*"], "star");
      equal(keysOf(await store.list({ prefix: "A", limit: 10 })), [], "another case");
    },
  },
  {
    name: "ends a prefix at the right key, also at the last code points",
    run: async (open) => {
      const store = await open(clock);
      const last = "\u{10ffff}";
      const keys = ["\u00ff", "\u00ffa", "\u0100", "\ud7ffx", "\ue000", last, `${last}${last}`];
      await write(
        store,
        keys.map((key) => set(key)),
      );
      const under = async (prefix: string): Promise<string[]> =>
        keysOf(await store.list({ prefix, limit: 10 }));
      equal(await under("\u00ff"), ["\u00ff", "\u00ffa"], "U+00FF");
      equal(await under("\ud7ff"), ["\ud7ffx"], "U+D7FF");
      equal(await under(last), [last, `${last}${last}`], "U+10FFFF");
      equal(await under(`${last}${last}`), [`${last}${last}`], "U+10FFFF twice");
    },
  },
  {
    name: "includes start and excludes end, within the prefix",
    run: async (open) => {
      const store = await open(clock);
      await write(
        store,
        ["p/a", "p/b", "p/c", "p/d", "q/a"].map((key) => set(key)),
      );
      const list = async (start?: string, end?: string): Promise<string[]> =>
        keysOf(
          await store.list({
            prefix: "p/",
            limit: 10,
            ...(start !== undefined && { start }),
            ...(end !== undefined && { end }),
          }),
        );
      equal(await list("p/b", "p/d"), ["p/b", "p/c"], "both bounds");
      equal(await list("p/b\0"), ["p/c", "p/d"], "just behind a key");
      equal(await list(undefined, "p/b"), ["p/a"], "end alone");
      equal(await list("a", "z"), ["p/a", "p/b", "p/c", "p/d"], "bounds outside of the prefix");
      equal(await list("p/c", "p/b"), [], "bounds that cross");
    },
  },
  {
    name: "stops at the limit, from the side that reverse says",
    run: async (open) => {
      const store = await open(clock);
      await write(
        store,
        ["a", "b", "c"].map((key) => set(key)),
      );
      equal(keysOf(await store.list({ prefix: "", limit: 2 })), ["a", "b"], "forwards");
      const back = await store.list({ prefix: "", limit: 2, reverse: true, end: "c" });
      equal(keysOf(back), ["b", "a"], "backwards");
      equal(await store.list({ prefix: "", limit: 0 }), [], "nothing");
    },
  },
  {
    name: "keeps keys and values to the character",
    run: async (open) => {
      const store = await open(clock);
      const odd = ["", "é\u0301", "a\0b", "'; DROP TABLE x; --", "\ufeffbom", "\u{1f600}", "\r\n"];
      await write(
        store,
        odd.map((text) => set(`k${text}`, text)),
      );
      for (const text of odd) {
        const entry = await read(store, `k${text}`);
        equal([entry?.key, entry?.value], [`k${text}`, text], "entry");
      }
    },
  },
];

const writing: StorageCase[] = [
  {
    name: "gives every write the version that the commit returned",
    run: async (open) => {
      const store = await open(clock);
      const first = await write(store, [set("a"), set("b")]);
      const second = await write(store, [set("b", "new")]);
      ensure(first !== second, "two commits had one version");
      equal(
        [(await read(store, "a"))?.version, (await read(store, "b"))?.version],
        [first, second],
        "versions",
      );
    },
  },
  {
    name: "gives a new version to a write of the same value",
    run: async (open) => {
      const store = await open(clock);
      const first = await write(store, [set("a", "same")]);
      ensure((await write(store, [set("a", "same")])) !== first, "the version stayed");
    },
  },
  {
    name: "commits when every version is the one demanded",
    run: async (open) => {
      const store = await open(clock);
      const version = await write(store, [set("a"), set("b")]);
      const checks = [
        { key: "a", version },
        { key: "b", version },
        { key: "absent", version: null },
      ];
      const result = await store.commit({ checks, writes: [set("a", "new")] });
      ensure(result.ok, "the commit was refused");
      equal((await read(store, "a"))?.value, "new", "value");
    },
  },
  {
    name: "writes nothing at all when one check of several fails",
    run: async (open) => {
      const store = await open(clock);
      const version = await write(store, [set("a", "old"), set("b", "old")]);
      const result = await store.commit({
        checks: [
          { key: "a", version },
          { key: "b", version: "another" },
        ],
        writes: [set("a", "new"), set("c"), { key: "b", delete: true }],
      });
      equal(result, { ok: false }, "result");
      equal(
        (await store.get(["a", "b", "c"])).map((entry) => entry?.value ?? null),
        ["old", "old", null],
        "values",
      );
    },
  },
  {
    name: "demands absence with version null",
    run: async (open) => {
      const store = await open(clock);
      const batch = { checks: [{ key: "a", version: null }], writes: [set("a")] };
      ensure((await store.commit(batch)).ok, "an absent key was refused");
      ensure(!(await store.commit(batch)).ok, "a present key passed as absent");
    },
  },
  {
    name: "refuses a version demanded of an absent key",
    run: async (open) => {
      const store = await open(clock);
      const result = await store.commit({
        checks: [{ key: "a", version: "1" }],
        writes: [set("b")],
      });
      equal(result, { ok: false }, "result");
      equal(await read(store, "b"), null, "b");
    },
  },
  {
    name: "deletes keys, and lets absent ones be deleted",
    run: async (open) => {
      const store = await open(clock);
      await write(store, [set("a"), set("b")]);
      await write(store, [
        { key: "a", delete: true },
        { key: "never", delete: true },
      ]);
      equal(keysOf(await store.list({ prefix: "", limit: 10 })), ["b"], "keys");
      equal(await read(store, "a"), null, "a");
    },
  },
  {
    name: "never gives a key an old version again after it was deleted",
    run: async (open) => {
      const store = await open(clock);
      const versions = new Set<string>();
      for (let round = 0; round < 20; round++) {
        versions.add(await write(store, [set("a", "same")]));
        await write(store, [{ key: "a", delete: true }]);
      }
      equal(versions.size, 20, "different versions");
    },
  },
  {
    name: "takes the last write of a key in one batch",
    run: async (open) => {
      const store = await open(clock);
      await write(store, [set("a", "1"), { key: "a", delete: true }, set("a", "2")]);
      equal((await read(store, "a"))?.value, "2", "value");
    },
  },
  {
    name: "commits an empty batch, and one of checks alone",
    run: async (open) => {
      const store = await open(clock);
      ensure((await store.commit({ checks: [], writes: [] })).ok, "the empty batch was refused");
      const version = await write(store, [set("a")]);
      const check = async (wanted: string | null): Promise<boolean> =>
        (await store.commit({ checks: [{ key: "a", version: wanted }], writes: [] })).ok;
      equal([await check(version), await check(null)], [true, false], "checks");
      equal((await read(store, "a"))?.version, version, "version");
    },
  },
  {
    name: "lets exactly one of many concurrent commits on one version win",
    run: async (open) => {
      const store = await open(clock);
      const version = await write(store, [set("a", "start")]);
      const results: CommitResult[] = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          store.commit({ checks: [{ key: "a", version }], writes: [set("a", `by ${i}`)] }),
        ),
      );
      const winners = results.flatMap((result, i) => (result.ok ? [{ ...result, i }] : []));
      equal(winners.length, 1, "winners");
      const entry = await read(store, "a");
      equal([entry?.value, entry?.version], [`by ${winners[0]?.i}`, winners[0]?.version], "entry");
    },
  },
  {
    name: "lets exactly one of many concurrent creations win",
    run: async (open) => {
      const store = await open(clock);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          store.commit({ checks: [{ key: "a", version: null }], writes: [set("a", String(i))] }),
        ),
      );
      equal(results.filter(({ ok }) => ok).length, 1, "winners");
    },
  },
  {
    name: "keeps values of one mebibyte",
    run: async (open) => {
      const store = await open(clock);
      const value = "0123456789abcdef".repeat(65_536);
      await write(store, [set("big", value), set("small", "s")]);
      ensure((await read(store, "big"))?.value === value, "the value changed");
      const listed = await store.list({ prefix: "big", limit: 1 });
      ensure(listed[0]?.value === value, "the listed value changed");
    },
  },
];

const expiring: StorageCase[] = [
  {
    name: "shows a row before its expiry and hides it from then on",
    run: async (open) => {
      let now = 1000;
      const store = await open(() => now);
      await write(store, [{ key: "a", value: "1", expiresAt: 2000 }, set("b")]);
      const seen = async (): Promise<unknown[]> => [
        (await read(store, "a"))?.value ?? null,
        keysOf(await store.list({ prefix: "", limit: 10 })),
      ];
      now = 1999;
      equal(await seen(), ["1", ["a", "b"]], "before");
      now = 2000;
      equal(await seen(), [null, ["b"]], "at the expiry");
      now = 5000;
      equal(await seen(), [null, ["b"]], "after");
    },
  },
  {
    name: "counts an expired row as absent in checks",
    run: async (open) => {
      let now = 1000;
      const store = await open(() => now);
      const version = await write(store, [{ key: "a", value: "1", expiresAt: 2000 }]);
      now = 2000;
      const stale = await store.commit({ checks: [{ key: "a", version }], writes: [set("a")] });
      equal(stale, { ok: false }, "with its old version");
      const fresh = await store.commit({
        checks: [{ key: "a", version: null }],
        writes: [set("a", "2")],
      });
      ensure(fresh.ok, "the expired row was in the way");
      equal((await read(store, "a"))?.value, "2", "value");
    },
  },
  {
    name: "forgets the expiry when a key is written again without one",
    run: async (open) => {
      let now = 1000;
      const store = await open(() => now);
      await write(store, [{ key: "a", value: "1", expiresAt: 2000 }]);
      await write(store, [set("a", "2")]);
      now = 3000;
      equal((await read(store, "a"))?.value, "2", "value");
    },
  },
  {
    name: "does not let expired rows use up a limit",
    run: async (open) => {
      let now = 1000;
      const store = await open(() => now);
      await write(store, [
        { key: "a", value: "1", expiresAt: 2000 },
        { key: "b", value: "1", expiresAt: 2000 },
        set("c"),
        set("d"),
      ]);
      now = 2000;
      equal(keysOf(await store.list({ prefix: "", limit: 2 })), ["c", "d"], "keys");
    },
  },
  {
    name: "keeps living rows while later commits clear expired ones away",
    run: async (open) => {
      let now = 1000;
      const store = await open(() => now);
      const old = Array.from({ length: 100 }, (_, i) => ({
        key: `old/${i}`,
        value: "x",
        expiresAt: 2000,
      }));
      await write(store, [...old, { key: "young", value: "x", expiresAt: 9000 }, set("kept")]);
      now = 3000;
      for (let round = 0; round < 10; round++) await write(store, [set(`new/${round}`)]);
      equal(keysOf(await store.list({ prefix: "old/", limit: 200 })), [], "expired");
      equal((await store.get(["young", "kept"])).every(Boolean), true, "living");
    },
  },
];

export const storageCases: readonly StorageCase[] = [...reading, ...writing, ...expiring];
