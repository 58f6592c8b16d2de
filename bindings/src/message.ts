import type { ServiceExports } from "./abi.js";
import type { Core } from "./core.js";
import { roomFor } from "./core.js";
import type { Effect, Entry, HttpReply, Reply, StorageCheck, StorageWrite } from "./host.js";
import { networkKinds } from "./host.js";

// The binary messages of docs/abi.md: what the core posts is decoded here, what the host answers is
// encoded here. All integers are little-endian.

// Message is one message of the core: an effect to perform, a notice, or the end of a flow.
export type Message =
  | Effect
  | { kind: "wake"; flow: number; at: number }
  | { kind: "emit"; flow: number; event: string }
  | { kind: "done"; flow: number; result: string }
  | ({ kind: "failed"; flow: number } & FlowFailure);

interface EffectId {
  flow: number;
  request: number;
}

export interface FlowFailure {
  code: number;
  reason: number;
  status: number;
  provider: string;
  retryAfterMs: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Reader {
  constructor(
    private readonly bytes: Uint8Array<ArrayBuffer>,
    private readonly view: DataView<ArrayBuffer>,
    public at: number,
  ) {}

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  u32(): number {
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  f64(): number {
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  text(): string {
    const start = this.#skip();
    return decoder.decode(this.bytes.subarray(start, this.at));
  }

  // data copies: memory is the core's again as soon as the outbox is cleared.
  data(): Uint8Array<ArrayBuffer> {
    const start = this.#skip();
    return this.bytes.slice(start, this.at);
  }

  maybe<T>(read: () => T): T | undefined {
    return this.u8() === 1 ? read() : undefined;
  }

  times<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left--) items.push(read());
    return items;
  }

  pair(): [string, string] {
    return [this.text(), this.text()];
  }

  // #skip steps over a length and as many bytes, and gives where these begin.
  #skip(): number {
    const size = this.u32();
    const start = this.at;
    this.at += size;
    if (this.at > this.bytes.length) throw new RangeError("A message ends outside of memory.");
    return start;
  }
}

// takeMessages decodes what the last start, settle or drop produced and has the core wipe it.
// Throws when the messages are not those of this ABI version.
export function takeMessages(core: Core<ServiceExports>): Message[] {
  const { exports } = core;
  const length = exports.tenon_outbox_len();
  if (length === 0) return [];
  const start = exports.tenon_outbox();
  const reader = new Reader(core.look(), core.view, start);
  const messages: Message[] = [];
  while (reader.at < start + length) {
    const end = reader.u32() + reader.at;
    messages.push(readMessage(reader));
    if (reader.at !== end || end > start + length)
      throw new RangeError("A message has another length than it says.");
  }
  exports.tenon_outbox_clear();
  return messages;
}

function readMessage(from: Reader): Message {
  const kind = from.u8();
  const flow = from.u32();
  const request = from.u32();
  switch (kind) {
    case 10:
      return { kind: "wake", flow, at: from.f64() };
    case 11:
      return { kind: "emit", flow, event: from.text() };
    case 32:
      return { kind: "done", flow, result: from.text() };
    case 33:
      return { kind: "failed", flow, ...readFailure(from) };
    default:
      return readEffect(kind, { flow, request }, from);
  }
}

function readEffect(kind: number, { flow, request }: EffectId, from: Reader): Effect {
  switch (kind) {
    case 1:
      return { flow, request, kind: "random", size: from.u32() };
    case 2:
      return { flow, request, kind: "fetch", exchange: readExchange(from) };
    case 3:
      return { flow, request, kind: "storage.get", keys: from.times(() => from.text()) };
    case 4:
      return { flow, request, kind: "storage.list", range: readRange(from) };
    case 5:
      return {
        flow,
        request,
        kind: "storage.commit",
        batch: {
          checks: from.times(() => readCheck(from)),
          writes: from.times(() => readWrite(from)),
        },
      };
    case 6:
      return {
        flow,
        request,
        kind: "cipher.seal",
        keyId: from.u32(),
        aad: from.data(),
        plaintext: from.data(),
      };
    case 7: {
      const sealed = { keyId: from.u32(), iv: from.data(), ciphertext: from.data() };
      return { flow, request, kind: "cipher.open", sealed, aad: from.data() };
    }
    case 9:
      return { flow, request, kind: "sleep", ms: from.f64() };
    default:
      throw new RangeError(`The core asked for an unknown effect, ${kind}.`);
  }
}

function readExchange(from: Reader): Extract<Effect, { kind: "fetch" }>["exchange"] {
  const method = from.text();
  const url = from.text();
  const headers = from.times(() => from.pair());
  return { method, url, headers, body: from.data(), timeoutMs: from.u32(), bodyMax: from.u32() };
}

function readRange(from: Reader): Extract<Effect, { kind: "storage.list" }>["range"] {
  const prefix = from.text();
  const start = from.maybe(() => from.text());
  const end = from.maybe(() => from.text());
  return {
    prefix,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    limit: from.u32(),
    reverse: from.u8() === 1,
  };
}

function readCheck(from: Reader): StorageCheck {
  return { key: from.text(), version: from.maybe(() => from.text()) ?? null };
}

function readWrite(from: Reader): StorageWrite {
  const deletes = from.u8() === 1;
  const key = from.text();
  if (deletes) return { key, delete: true };
  const value = from.text();
  const expiresAt = from.f64();
  return Number.isNaN(expiresAt) ? { key, value } : { key, value, expiresAt };
}

function readFailure(from: Reader): FlowFailure {
  return {
    code: from.u8(),
    reason: from.u8(),
    status: from.u32(),
    provider: from.text(),
    retryAfterMs: from.f64(),
  };
}

class Writer {
  constructor(
    private readonly core: Core<ServiceExports>,
    public at: number,
  ) {}

  u8(value: number): void {
    this.core.view.setUint8(this.at++, value);
  }

  u32(value: number): void {
    this.core.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  put(data: string | Uint8Array): void {
    const end = this.core.write(data, this.at + 4);
    this.u32(end - this.at - 4);
    this.at = end;
  }
}

// writeReply puts the answer to one effect into the io buffer and returns its size. Throws
// VALIDATION_ERROR when it is larger than the buffer can be.
export function writeReply(core: Core<ServiceExports>, effect: Effect, reply: Reply): number {
  const start = core.reserve(replyRoom(reply));
  const to = new Writer(core, start);
  to.u32(effect.flow);
  to.u32(effect.request);
  to.u8(reply.kind === "failed" ? 1 : 0);
  writeBody(to, reply);
  return to.at - start;
}

function writeBody(to: Writer, reply: Reply): void {
  switch (reply.kind) {
    case "random":
      to.put(reply.bytes);
      break;
    case "fetch":
      writeExchange(to, reply.reply);
      break;
    case "storage.get":
      to.u32(reply.entries.length);
      for (const entry of reply.entries) writeFound(to, entry);
      break;
    case "storage.list":
      to.u32(reply.entries.length);
      for (const { key, value, version } of reply.entries) writeAll(to, [key, value, version]);
      break;
    case "storage.commit":
      to.u8(reply.result.ok ? 1 : 0);
      to.put(reply.result.ok ? reply.result.version : "");
      break;
    case "cipher.seal":
      to.u32(reply.sealed.keyId);
      writeAll(to, [reply.sealed.iv, reply.sealed.ciphertext]);
      break;
    case "cipher.open":
      to.u8(reply.plaintext ? 1 : 0);
      to.put(reply.plaintext ?? "");
  }
}

function writeAll(to: Writer, parts: (string | Uint8Array)[]): void {
  for (const part of parts) to.put(part);
}

function writeFound(to: Writer, entry: Entry | null): void {
  to.u8(entry ? 1 : 0);
  if (entry) writeAll(to, [entry.value, entry.version]);
}

function writeExchange(to: Writer, reply: HttpReply): void {
  to.u8(networkKinds.indexOf(reply.network));
  to.u8(reply.maybeSent ? 1 : 0);
  to.u32(reply.status);
  to.u32(reply.headers.length);
  for (const header of reply.headers) writeAll(to, header);
  to.put(reply.body);
}

// Fixed fields of any message fit in this; each text or byte string takes four bytes more than itself,
// and a storage entry one more.
const fixedRoom = 64;

function replyRoom(reply: Reply): number {
  switch (reply.kind) {
    case "random":
      return fixedRoom + reply.bytes.length;
    case "fetch":
      return fixedRoom + reply.reply.body.length + headersRoom(reply.reply.headers);
    case "storage.get":
    case "storage.list":
      return fixedRoom + entriesRoom(reply.entries);
    case "storage.commit":
      return fixedRoom + (reply.result.ok ? roomFor(reply.result.version) : 0);
    case "cipher.seal":
      return fixedRoom + reply.sealed.iv.length + reply.sealed.ciphertext.length;
    case "cipher.open":
      return fixedRoom + (reply.plaintext?.length ?? 0);
    default:
      return fixedRoom;
  }
}

function headersRoom(headers: HttpReply["headers"]): number {
  let room = 0;
  for (const [name, value] of headers) room += 8 + roomFor(name) + roomFor(value);
  return room;
}

function entriesRoom(entries: (Entry | null)[]): number {
  let room = 0;
  for (const entry of entries) {
    room += 13;
    if (entry) room += roomFor(entry.key) + roomFor(entry.value) + roomFor(entry.version);
  }
  return room;
}
