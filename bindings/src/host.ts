import { misconfigured, type TenonError } from "./errors.js";

// What the core asks of its host: the closed list of effects as interfaces and plain data.

// NetworkKind says how an exchange failed below HTTP; the order is that of the wasm border.
export const networkKinds = [
  "none",
  "dns",
  "refused",
  "timeout",
  "reset",
  "tls",
  "blocked",
  "too_large",
  "unknown",
] as const;
export type NetworkKind = (typeof networkKinds)[number];

// Entry is one stored row. version changes with every write of the key and never comes back.
export interface Entry {
  key: string;
  value: string;
  version: string;
}

// StorageRange is every key that begins with prefix, from start (the first that may appear) up to end
// (the first that may not), in bytewise UTF-8 order, or backwards.
export interface StorageRange {
  prefix: string;
  start?: string;
  end?: string;
  limit: number;
  reverse?: boolean;
}

// StorageCheck demands a version at commit; null demands that the key is absent.
export interface StorageCheck {
  key: string;
  version: string | null;
}

// StorageWrite sets or deletes one key. A row is gone from expiresAt (ms since 1970) on.
export type StorageWrite =
  | { key: string; value: string; expiresAt?: number }
  | { key: string; delete: true };

export interface StorageBatch {
  checks: StorageCheck[];
  writes: StorageWrite[];
}

export type CommitResult = { ok: true; version: string } | { ok: false };

// Storage is an ordered key-value store with compare-and-swap. Every adapter passes the conformance
// suite in tests/conformance/storage.ts.
export interface Storage {
  // get gives one entry or null for each key, from one consistent snapshot.
  get(keys: string[]): Promise<(Entry | null)[]>;
  list(range: StorageRange): Promise<Entry[]>;
  // commit writes everything or, when a check fails, nothing.
  commit(batch: StorageBatch): Promise<CommitResult>;
}

export interface Sealed {
  keyId: number;
  iv: Uint8Array<ArrayBuffer>;
  // ciphertext ends with the 16-byte tag.
  ciphertext: Uint8Array<ArrayBuffer>;
}

// Cipher is AES-256-GCM with a key ring: the core names the key that seals, all open.
export interface Cipher {
  // seal rejects for a key that the ring does not hold.
  seal(
    keyId: number,
    aad: Uint8Array<ArrayBuffer>,
    plaintext: Uint8Array<ArrayBuffer>,
  ): Promise<Sealed>;
  // open gives null for an unknown key or a text that was not sealed with this aad.
  open(aad: Uint8Array<ArrayBuffer>, sealed: Sealed): Promise<Uint8Array<ArrayBuffer> | null>;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: Uint8Array<ArrayBuffer>;
  timeoutMs: number;
  bodyMax: number;
}

// HttpReply is what came of one exchange. network is "none" when a whole answer was read; otherwise
// maybeSent says whether the request may have reached the peer.
export interface HttpReply {
  network: NetworkKind;
  maybeSent: boolean;
  status: number;
  headers: [name: string, value: string][];
  body: Uint8Array<ArrayBuffer>;
}

// Effect is a request of the core, as onEffect sees it.
export type Effect = { flow: number; request: number } & (
  | { kind: "random"; size: number }
  | { kind: "fetch"; exchange: HttpRequest }
  | { kind: "storage.get"; keys: string[] }
  | { kind: "storage.list"; range: StorageRange }
  | { kind: "storage.commit"; batch: StorageBatch }
  | {
      kind: "cipher.seal";
      keyId: number;
      aad: Uint8Array<ArrayBuffer>;
      plaintext: Uint8Array<ArrayBuffer>;
    }
  | { kind: "cipher.open"; aad: Uint8Array<ArrayBuffer>; sealed: Sealed }
  | { kind: "sleep"; ms: number }
);

// Reply answers an effect of the same name; "failed" says that the host could not do it.
export type Reply =
  | { kind: "random"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "fetch"; reply: HttpReply }
  | { kind: "storage.get"; entries: (Entry | null)[] }
  | { kind: "storage.list"; entries: Entry[] }
  | { kind: "storage.commit"; result: CommitResult }
  | { kind: "cipher.seal"; sealed: Sealed }
  | { kind: "cipher.open"; plaintext: Uint8Array<ArrayBuffer> | null }
  | { kind: "sleep" }
  | { kind: "failed" };

// TenonEvent is a line for log, audit and subscribers. It never carries a secret.
export interface TenonEvent {
  // id is 16 hex digits; no two events have the same.
  id: string;
  type: string;
  time: number;
  // durationMs is how long the work took that the event tells of, attempts how many requests a refresh
  // took.
  durationMs: number;
  attempts?: number;
  organizationId: string;
  userId: string;
  provider: string;
  connectionId: string;
  correlationId: string;
  ip: string;
  userAgent: string;
  code?: string;
  reason?: string;
  details?: unknown;
}

// Host is everything the drive loop performs. fetch never throws; the others may.
export interface Host {
  now(): number;
  random(size: number): Uint8Array<ArrayBuffer>;
  fetch(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  storage: Storage;
  cipher: Cipher;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  wake(at: number): unknown;
  // emit takes a TenonEvent as JSON.
  emit(event: string): unknown;
  // onEffect is awaited before each effect is performed.
  onEffect?: ((effect: Effect) => unknown) | undefined;
}

// unsupportedStore is what an adapter throws for a store that cannot do what Storage promises.
export function unsupportedStore(why: string): TenonError {
  return misconfigured(`This store cannot be used: ${why}`);
}

// requireStorage passes a storage on. Throws CONFIGURATION_ERROR for one without compare-and-swap,
// such as a plain key-value namespace: single-use refresh tokens would be lost on it.
export function requireStorage(value: unknown): Storage {
  const store = (value ?? {}) as Partial<Storage>;
  for (const method of ["get", "list", "commit"] as const) {
    if (typeof store[method] !== "function") {
      throw unsupportedStore(`it has no ${method}(), so it cannot compare and swap.`);
    }
  }
  return value as Storage;
}
