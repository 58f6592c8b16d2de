import type { CommitResult, Entry, Storage, StorageBatch, StorageRange } from "../src/host.js";

interface Row {
  value: string;
  version: string;
  expiresAt: number | null;
}

// MemoryDump is the whole content of a memory storage as JSON text allows it.
export interface MemoryDump {
  commits: number;
  rows: [key: string, row: Row][];
}

export interface MemoryOptions {
  now?: () => number;
  // from continues where a dump was taken.
  from?: MemoryDump;
}

export interface MemoryStorage extends Storage {
  // dump gives everything stored, expired rows too, for tests and for carrying over a restart.
  dump(): MemoryDump;
}

// createMemoryStorage keeps everything in this process: for tests, demos and benchmarks.
export function createMemoryStorage({ now = Date.now, from }: MemoryOptions = {}): MemoryStorage {
  const rows = new Map<string, Row>(from?.rows.map(([key, row]) => [key, { ...row }]));
  // keys is sorted; it is made anew at the first list after a key came or went.
  let keys: string[] | undefined;
  let commits = from?.commits ?? 0;

  const live = (key: string): Row | undefined => {
    const row = rows.get(key);
    return row && (row.expiresAt === null || row.expiresAt > now()) ? row : undefined;
  };
  const entryOf = (key: string): Entry | null => {
    const row = live(key);
    return row ? { key, value: row.value, version: row.version } : null;
  };
  const list = ({ prefix, start, end, limit, reverse }: StorageRange): Entry[] => {
    keys ??= [...rows.keys()].sort(compareKeys);
    const found = keys.filter(
      (key) =>
        key.startsWith(prefix) &&
        (start === undefined || compareKeys(key, start) >= 0) &&
        (end === undefined || compareKeys(key, end) < 0),
    );
    if (reverse) found.reverse();
    return found
      .map(entryOf)
      .filter((entry) => entry !== null)
      .slice(0, limit);
  };
  const commit = ({ checks, writes }: StorageBatch): CommitResult => {
    if (checks.some(({ key, version }) => (live(key)?.version ?? null) !== version)) {
      return { ok: false };
    }
    const version = String(++commits);
    for (const write of writes) {
      if ("delete" in write) rows.delete(write.key);
      else rows.set(write.key, { value: write.value, version, expiresAt: write.expiresAt ?? null });
    }
    keys = undefined;
    return { ok: true, version };
  };

  return {
    get: async (wanted) => wanted.map(entryOf),
    list: async (range) => list(range),
    commit: async (batch) => commit(batch),
    dump: () => ({ commits, rows: [...rows].map(([key, row]) => [key, { ...row }]) }),
  };
}

// compareKeys orders by UTF-8 bytes. UTF-16 order differs from it in one place: surrogates stand for
// code points above U+FFFF, so they are moved behind U+E000 to U+FFFF.
function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
