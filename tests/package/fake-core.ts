// A stand-in for the service module that behaves as a script says: what no real module does on
// purpose (trap, talk nonsense) can be tried with it.
import type { ServiceExports } from "../../bindings/dist/src/abi.js";
import { Core } from "../../bindings/dist/src/core.js";

const encoder = new TextEncoder();

// MessageBytes builds messages of the core as docs/abi.md lays them out.
export class MessageBytes {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  u32(value: number): this {
    for (const shift of [0, 8, 16, 24]) this.#bytes.push((value >>> shift) & 255);
    return this;
  }

  f64(value: number): this {
    this.#bytes.push(...new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  text(value: string): this {
    const bytes = encoder.encode(value);
    this.u32(bytes.length);
    this.#bytes.push(...bytes);
    return this;
  }

  get bytes(): number[] {
    return this.#bytes;
  }
}

// message frames one message of a kind; build adds its payload.
export function message(
  [kind, flow, request]: [kind: number, flow: number, request: number],
  build: (to: MessageBytes) => MessageBytes = (to) => to,
): number[] {
  const { bytes } = build(new MessageBytes().u8(kind).u32(flow).u32(request));
  return [...new MessageBytes().u32(bytes.length).bytes, ...bytes];
}

export interface Script {
  // Both give the messages to post, or throw as a trap does.
  start(flow: number, input: string): number[];
  settle?(flow: number, request: number, reply: Uint8Array): number[];
}

export interface FakeCore {
  core: Core<ServiceExports>;
  dropped: number[];
  // settled holds the replies as they lay in memory, header included.
  settled: Uint8Array[];
}

const page = 65_536;
const ioBuffer = page;
const outbox = 8 * page;
const names = 1024;

export function trap(): never {
  throw new WebAssembly.RuntimeError("unreachable");
}

export function createFakeCore(script: Script): FakeCore {
  const memory = new WebAssembly.Memory({ initial: 32 });
  const bytes = (): Uint8Array => new Uint8Array(memory.buffer);
  const dropped: number[] = [];
  const settled: Uint8Array[] = [];
  let posted = 0;
  let flows = 0;
  bytes().set(encoder.encode("FAKE_CODE\0"), names);
  const post = (messages: number[]): void => {
    bytes().set(messages, outbox);
    posted = messages.length;
  };
  const exports = {
    memory,
    tenon_buffer: (size: number) => (size > 4 * page ? 0 : ioBuffer),
    tenon_error_text: () => names,
    tenon_outbox: () => outbox,
    tenon_outbox_len: () => posted,
    tenon_outbox_clear: () => post([]),
    tenon_start: (_kind: number, at: number, length: number) => {
      const flow = ++flows;
      post(script.start(flow, new TextDecoder().decode(bytes().slice(at, at + length))));
      return flow;
    },
    tenon_settle: (at: number, length: number) => {
      const reply = bytes().slice(at, at + length);
      settled.push(reply);
      const view = new DataView(reply.buffer);
      post(script.settle?.(view.getUint32(0, true), view.getUint32(4, true), reply) ?? []);
      return 0;
    },
    tenon_drop: (flow: number) => {
      dropped.push(flow);
      return 0;
    },
  };
  return { core: new Core(() => exports as unknown as ServiceExports), dropped, settled };
}
