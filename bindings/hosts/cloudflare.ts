import {
  type CommitResult,
  type Entry,
  type Storage,
  type StorageBatch,
  type StorageRange,
  type StorageWrite,
  unsupportedStore,
} from "../src/host.js";

type SqlValue = string | number | null;

// DurableStorage is the part of a SQLite-backed Durable Object's ctx.storage that is used here.
export interface DurableStorage {
  sql: { exec(query: string, ...bindings: SqlValue[]): { toArray(): Record<string, unknown>[] } };
  transactionSync<T>(body: () => T): T;
}

// AlarmStorage is the part of ctx.storage that wakes an object.
export interface AlarmStorage {
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

export interface CloudflareOptions {
  now?: () => number;
}

// Text in SQLite's default collation is compared bytewise, and the database is UTF-8. Versions are
// random, so a key that is deleted and made again never gets an old one back, without a counter row.
const schema = `
  CREATE TABLE IF NOT EXISTS tenon_rows (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, version TEXT NOT NULL, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tenon_rows_expiry ON tenon_rows (expires_at)
    WHERE expires_at IS NOT NULL;`;

const isLive = "(expires_at IS NULL OR expires_at > ?)";

// Each commit clears away at most this many expired rows, so that none is slow.
const purgeMax = 32;

// createCloudflareStorage keeps rows in a SQLite-backed Durable Object. The table is made by the first
// commit: reading an empty object writes nothing (R120). Throws CONFIGURATION_ERROR for a store
// without SQL or transactions, such as an object with the older key-value backend.
export function createCloudflareStorage(
  storage: DurableStorage,
  { now = Date.now }: CloudflareOptions = {},
): Storage {
  if (typeof storage?.sql?.exec !== "function" || typeof storage.transactionSync !== "function") {
    throw unsupportedStore("it is not the storage of a SQLite-backed Durable Object.");
  }
  const { sql } = storage;
  let exists = false;
  const hasTable = (): boolean => {
    exists ||=
      sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'tenon_rows'").toArray().length > 0;
    return exists;
  };
  const find = (key: string): Entry | null => {
    const query = `SELECT key, value, version FROM tenon_rows WHERE key = ? AND ${isLive}`;
    const [row] = sql.exec(query, key, now()).toArray();
    return row ? entryOf(row) : null;
  };
  const apply = ({ checks, writes }: StorageBatch): CommitResult => {
    for (const { key, version } of checks) {
      const found = hasTable() ? find(key) : null;
      if ((found?.version ?? null) !== version) return { ok: false };
    }
    const version = randomVersion();
    if (writes.length === 0) return { ok: true, version };
    if (!hasTable()) sql.exec(schema);
    for (const write of writes) applyWrite(sql, write, version);
    purge(sql, now());
    return { ok: true, version };
  };
  return {
    get: async (keys) => (hasTable() ? keys.map(find) : keys.map(() => null)),
    list: async (range) => (hasTable() ? listRows(sql, range, now()) : []),
    commit: async (batch) => storage.transactionSync(() => apply(batch)),
  };
}

// wakeByAlarm makes the wake option of createIntegrations from an object's one alarm: it is only ever
// moved forward to an earlier time.
export function wakeByAlarm(storage: AlarmStorage): (at: number) => Promise<void> {
  // One after the other: two that read the same alarm would overwrite each other's time.
  let last: Promise<void> = Promise.resolve();
  const move = async (at: number): Promise<void> => {
    const set = await storage.getAlarm();
    if (set === null || set > at) await storage.setAlarm(at);
  };
  return (at) => {
    const moved = last.then(() => move(at));
    last = moved.catch(() => undefined);
    return moved;
  };
}

function applyWrite(sql: DurableStorage["sql"], write: StorageWrite, version: string): void {
  if ("delete" in write) {
    sql.exec("DELETE FROM tenon_rows WHERE key = ?", write.key);
    return;
  }
  const upsert = `INSERT INTO tenon_rows (key, value, version, expires_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,
      expires_at = excluded.expires_at`;
  sql.exec(upsert, write.key, write.value, version, write.expiresAt ?? null);
}

function purge(sql: DurableStorage["sql"], now: number): void {
  const expired =
    "SELECT key FROM tenon_rows WHERE expires_at IS NOT NULL AND expires_at <= ? LIMIT ?";
  sql.exec(`DELETE FROM tenon_rows WHERE key IN (${expired})`, now, purgeMax);
}

function listRows(sql: DurableStorage["sql"], range: StorageRange, now: number): Entry[] {
  const conditions = ["key >= ?", isLive];
  const values: SqlValue[] = [range.prefix, now];
  const past = afterPrefix(range.prefix);
  for (const [condition, bound] of [
    ["key < ?", past],
    ["key >= ?", range.start],
    ["key < ?", range.end],
  ] as const) {
    if (bound === undefined) continue;
    conditions.push(condition);
    values.push(bound);
  }
  const order = range.reverse ? "DESC" : "ASC";
  const query = `SELECT key, value, version FROM tenon_rows
    WHERE ${conditions.join(" AND ")} ORDER BY key ${order} LIMIT ?`;
  return sql
    .exec(query, ...values, range.limit)
    .toArray()
    .map(entryOf);
}

// afterPrefix gives the first text behind everything that begins with prefix, or undefined when there
// is none. UTF-8 sorts like code points, so the last one is counted up; surrogates are skipped.
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

function entryOf(row: Record<string, unknown>): Entry {
  return { key: String(row.key), value: String(row.value), version: String(row.version) };
}

function randomVersion(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
