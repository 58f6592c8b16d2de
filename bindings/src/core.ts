import { abiVersion, type PureExports } from "./abi.js";
import { type ErrorCode, internal, invalid, misconfigured, TenonError } from "./errors.js";
import { RandomPool } from "./random-pool.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// Measured: up to here a character loop beats encodeInto in every engine (PERFORMANCE.md section 2).
const shortText = 48;

// Every answer of a pure call fits, whatever was asked for.
const bufferMin = 4096;

// instantiate makes a fresh instance of a tenon module. Throws CONFIGURATION_ERROR for a module that
// asks for imports or speaks another ABI version.
export function instantiate<X extends PureExports>(module: WebAssembly.Module): X {
  if (WebAssembly.Module.imports(module).length > 0) {
    throw misconfigured("This wasm module asks for imports; tenon's has none.");
  }
  const exports = new WebAssembly.Instance(module).exports as unknown as X;
  const version = exports.tenon_abi_version?.();
  if (version !== abiVersion) {
    throw misconfigured(`This wasm module has ABI ${version}; this package needs ${abiVersion}.`);
  }
  exports._initialize();
  return exports;
}

// Core is one instance and its io buffer. Everything that reserve handed out is gone after the next
// reserve; nothing here may be held across an await.
export class Core<X extends PureExports = PureExports> {
  exports!: X;
  // bytes and view look at the whole memory; they are stale after a call that may grow it: see look.
  bytes!: Uint8Array<ArrayBuffer>;
  view!: DataView<ArrayBuffer>;
  // at is where the io buffer begins.
  at = 0;
  // renewals counts the instances lost to traps: key slots of an earlier one are void.
  renewals = -1;
  #size = 0;
  readonly #random = new RandomPool();

  constructor(private readonly open: () => X) {
    this.renew();
  }

  // renew replaces the instance; what the old one knew is lost.
  renew(): void {
    this.exports = this.open();
    this.renewals++;
    this.#size = 0;
    this.#refresh();
  }

  // look makes bytes and view current. A grown memory leaves its old view with length 0.
  look(): Uint8Array<ArrayBuffer> {
    if (this.bytes.length === 0) this.#refresh();
    return this.bytes;
  }

  // reserve gives the address of at least size bytes. Throws VALIDATION_ERROR above 16 MiB.
  reserve(size: number): number {
    if (size > this.#size) {
      const room = Math.max(size, bufferMin);
      const at = this.exports.tenon_buffer(room);
      if (at === 0) throw invalid("input", "is larger than 16 MiB.");
      this.at = at;
      this.#size = room;
    }
    this.look();
    return this.at;
  }

  // text writes text as UTF-8 and returns its end. Three bytes a character must be reserved.
  // A lone surrogate is refused: it would be written like U+FFFD, and two names would be one.
  text(text: string, at: number): number {
    const { bytes } = this;
    const { length } = text;
    let i = 0;
    if (length <= shortText) {
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 127) break;
        bytes[at + i] = unit;
      }
    }
    if (i === length) return at + i;
    if (!text.isWellFormed()) throw invalid("text", "holds a lone surrogate.");
    return at + encoder.encodeInto(text, bytes.subarray(at)).written;
  }

  // fields writes each text behind its length, leaving head bytes free first. Returns the whole size.
  fields(head: number, texts: readonly string[]): number {
    let room = head;
    for (const text of texts) room += 4 + 3 * text.length;
    const start = this.reserve(room);
    let at = start + head;
    for (const text of texts) {
      const end = this.text(text, at + 4);
      this.view.setUint32(at, end - at - 4, true);
      at = end;
    }
    return at - start;
  }

  // write writes text or bytes where room is reserved and returns their end.
  write(data: string | Uint8Array, at: number): number {
    if (typeof data === "string") return this.text(data, at);
    this.bytes.set(data, at);
    return at + data.length;
  }

  // put writes text or bytes to the io buffer, leaving head bytes free first. Returns their size.
  put(data: string | Uint8Array, head = 0): number {
    const at = this.reserve(head + roomFor(data)) + head;
    return this.write(data, at) - at;
  }

  // random writes size bytes, at most 1,024.
  random(at: number, size: number): void {
    this.#random.fill(this.bytes, at, size);
  }

  // read decodes length bytes.
  read(at: number, length: number): string {
    return decoder.decode(this.look().subarray(at, at + length));
  }

  // check passes a result on and throws the core's own error for a negative one.
  check(result: number): number {
    if (result < 0) throw this.error(-result & 255, -result >> 8);
    return result;
  }

  // error builds the error of a code from the core's table.
  error(code: number, reason = 0, details: object = {}): TenonError {
    return new TenonError(this.#name(code, 0) as ErrorCode, this.#name(code, 1), {
      retryable: this.#name(code, 3) === "transient",
      reason: this.#name(reason, 2),
      ...details,
    });
  }

  // safe wraps a public call: whatever it throws leaves as a TenonError, and a trap costs the instance.
  safe<A extends unknown[], R>(body: (...given: A) => R): (...given: A) => R {
    return (...given) => {
      try {
        return body(...given);
      } catch (cause) {
        throw this.#failure(cause);
      }
    };
  }

  #failure(cause: unknown): TenonError {
    if (cause instanceof TenonError) return cause;
    if (cause instanceof TypeError) return invalid("argument", "has not the documented shape.");
    if (cause instanceof WebAssembly.RuntimeError) this.renew();
    return internal(cause);
  }

  #refresh(): void {
    const { buffer } = this.exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  #name(number: number, which: number): string {
    const at = this.exports.tenon_error_text(number, which);
    return this.read(at, this.look().indexOf(0, at) - at);
  }
}

// roomFor tells how many bytes data takes at most.
export function roomFor(data: string | Uint8Array): number {
  return typeof data === "string" ? 3 * data.length : data.length;
}
