import type { ServiceExports } from "./abi.js";
import type { Core } from "./core.js";
import { internal, TenonError, withCorrelation } from "./errors.js";
import type { Effect, Host, Reply } from "./host.js";
import { type FlowFailure, type Message, takeMessages, writeReply } from "./message.js";
import { Patience } from "./patience.js";
import { quietly } from "./quietly.js";

// The numbers of the wasm border.
export const flowKinds = {
  connect: 1,
  callback: 2,
  accessToken: 3,
  list: 4,
  disconnect: 5,
  refresh: 6,
  read: 7,
  runDue: 8,
  rotateKeys: 9,
  connectApiKey: 10,
  checkHealth: 11,
  listAudit: 12,
} as const;
export type FlowName = keyof typeof flowKinds;

// Flows that only ask, or that wrote nothing which outlives them, end with their caller. The others
// may have spent a code or a refresh token already: ending them would lose what came for it.
const endsWithItsCaller: ReadonlySet<number> = new Set([
  flowKinds.connect,
  flowKinds.list,
  flowKinds.read,
  flowKinds.rotateKeys,
  flowKinds.listAudit,
]);

export interface FlowCall {
  kind: number;
  // input is JSON.
  input: string;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

interface Flow {
  call: FlowCall;
  resolve(result: string): void;
  reject(error: TenonError): void;
  // onAbort drops the flow for its caller.
  onAbort?: () => void;
  // ended aborts what the host still does for the flow. Made when first needed: most flows never
  // touch the network, and a controller costs more than their other steps.
  ended?: AbortController;
}

interface Engine {
  core: Core<ServiceExports>;
  flows: Map<number, Flow>;
  // onIdle is called when the last flow has ended.
  onIdle?: () => void;
}

// How long a closing instance waits: longer than a refresh may take.
const closeMs = 30_000;
const flushAgainMs = 200;

// Drive runs flows: it performs the effects that the core asks for, each as it comes, and settles
// each exactly once. After a trap the instance is discarded: its flows fail with INTERNAL_ERROR and
// the next call gets a new one.
export class Drive {
  #engine: Engine | undefined;
  #closed = false;
  #closing: Promise<void> | undefined;

  // open makes a configured instance; it may throw a TenonError.
  constructor(
    private readonly open: () => Core<ServiceExports>,
    private readonly host: Host,
  ) {
    this.#current();
  }

  // run starts a flow and gives its JSON result. Rejects with a TenonError only. Aborting the signal
  // rejects at once; a flow that may have spent a token goes on to its end without its caller.
  run(call: FlowCall): Promise<string> {
    return new Promise((resolve, reject) => {
      if (call.signal?.aborted) return reject(cancelled(call));
      const flow: Flow = { call, resolve, reject };
      try {
        this.#start(this.#current(), flow);
      } catch (cause) {
        reject(asError(cause, call));
      }
    });
  }

  // close refuses further flows, waits for those that run, and has the core store the tokens that
  // storage would not take before. After so many milliseconds it waits no longer: what still runs
  // ends with CONFLICT. It never rejects.
  close(patienceMs = closeMs): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#end(patienceMs);
    return this.#closing;
  }

  async #end(patienceMs: number): Promise<void> {
    const engine = this.#engine;
    if (!engine) return;
    if (patienceMs > 0) await this.#wait(engine, new Patience(patienceMs));
    for (const [id, flow] of engine.flows) this.#drop(engine, id, flow);
    this.#engine = undefined;
  }

  async #wait(engine: Engine, patience: Patience): Promise<void> {
    await patience.until(
      new Promise<void>((resolve) => {
        engine.onIdle = resolve;
        if (engine.flows.size === 0) resolve();
      }),
    );
    while (!patience.isOver && this.#engine === engine) {
      if (await patience.until(this.#flush(engine))) break;
      await patience.pause(flushAgainMs);
    }
    patience.end();
  }

  // #flush has the core write the tokens that it holds; gives whether none are left.
  async #flush(engine: Engine): Promise<boolean> {
    const call = { kind: flowKinds.runDue, input: '{"limit":0}', correlationId: "close" };
    try {
      const result = await new Promise<string>((resolve, reject) => {
        this.#start(engine, { call, resolve, reject });
      });
      const { failed }: { failed: number } = JSON.parse(result);
      return failed === 0;
    } catch {
      return false;
    }
  }

  #current(): Engine {
    if (this.#closed) throw new TenonError("CONFLICT", "This instance was closed.");
    this.#engine ??= { core: this.open(), flows: new Map() };
    return this.#engine;
  }

  #start(engine: Engine, flow: Flow): void {
    const { core, flows } = engine;
    const { call } = flow;
    const size = core.put(call.input);
    const id = this.#guard(engine, () => {
      const started = core.exports.tenon_start(call.kind, core.at, size, this.host.now());
      wipe(core, size);
      return started;
    });
    if (id === undefined) throw internal();
    core.check(id);
    flows.set(id, flow);
    if (call.signal) {
      flow.onAbort = () => this.#abandon(engine, id, flow);
      call.signal.addEventListener("abort", flow.onAbort);
    }
    this.#pump(engine);
  }

  // #pump hands out everything the core has posted.
  #pump(engine: Engine): void {
    const messages = this.#guard(engine, () => takeMessages(engine.core)) ?? [];
    for (const message of messages) this.#dispatch(engine, message);
  }

  #dispatch(engine: Engine, message: Message): void {
    switch (message.kind) {
      case "wake":
        quietly(() => this.host.wake(message.at));
        break;
      case "emit":
        quietly(() => this.host.emit(message.event));
        break;
      case "done":
        this.#finish(engine, message.flow)?.resolve(message.result);
        break;
      case "failed":
        this.#fail(engine, message);
        break;
      default:
        void this.#perform(engine, message);
    }
  }

  #fail(engine: Engine, message: FlowFailure & { flow: number }): void {
    const flow = this.#finish(engine, message.flow);
    if (!flow) return;
    const error = this.#guard(engine, () => failureOf(engine.core, message, flow.call));
    flow.reject(error ?? asError(internal(), flow.call));
  }

  async #perform(engine: Engine, effect: Effect): Promise<void> {
    const flow = engine.flows.get(effect.flow);
    if (!flow) return;
    let reply: Reply;
    try {
      if (this.host.onEffect) await this.host.onEffect(effect);
      // The flow may have ended meanwhile: then nothing is performed for it.
      if (engine.flows.get(effect.flow) !== flow) return;
      reply = await perform(this.host, effect, flow);
    } catch {
      reply = { kind: "failed" };
    }
    if (engine.flows.get(effect.flow) === flow) this.#settle(engine, effect, reply);
    forget(effect, reply);
  }

  #settle(engine: Engine, effect: Effect, reply: Reply): void {
    const { core } = engine;
    const settled = this.#guard(engine, () => {
      const size = write(core, effect, reply);
      const result = core.exports.tenon_settle(core.at, size, this.host.now());
      wipe(core, size);
      // The core refuses ids it does not know; a refusal here means the two sides disagree.
      core.check(result);
      return true;
    });
    if (settled) this.#pump(engine);
  }

  #finish(engine: Engine, id: number): Flow | undefined {
    const flow = engine.flows.get(id);
    engine.flows.delete(id);
    flow?.ended?.abort();
    if (flow?.onAbort) flow.call.signal?.removeEventListener("abort", flow.onAbort);
    if (engine.flows.size === 0) engine.onIdle?.();
    return flow;
  }

  #abandon(engine: Engine, id: number, flow: Flow): void {
    if (endsWithItsCaller.has(flow.call.kind)) this.#drop(engine, id, flow);
    else flow.reject(cancelled(flow.call));
  }

  #drop(engine: Engine, id: number, flow: Flow): void {
    this.#finish(engine, id);
    this.#guard(engine, () => engine.core.exports.tenon_drop(id));
    flow.reject(cancelled(flow.call));
  }

  // #guard runs a call into the core. Anything thrown there leaves the instance in doubt: it is
  // discarded, and its flows fail.
  #guard<R>(engine: Engine, body: () => R): R | undefined {
    try {
      return body();
    } catch (cause) {
      if (this.#engine === engine) this.#engine = undefined;
      for (const [id, flow] of engine.flows) {
        this.#finish(engine, id);
        flow.reject(asError(internal(cause), flow.call));
      }
      return undefined;
    }
  }
}

function endOf(flow: Flow): AbortSignal {
  flow.ended ??= new AbortController();
  return flow.ended.signal;
}

async function perform(host: Host, effect: Effect, flow: Flow): Promise<Reply> {
  const { kind } = effect;
  switch (kind) {
    case "random":
      return { kind, bytes: host.random(effect.size) };
    case "fetch":
      return { kind, reply: await host.fetch(effect.exchange, endOf(flow)) };
    case "storage.get":
      return { kind, entries: await host.storage.get(effect.keys) };
    case "storage.list":
      return { kind, entries: await host.storage.list(effect.range) };
    case "storage.commit":
      return { kind, result: await host.storage.commit(effect.batch) };
    case "cipher.seal":
      return { kind, sealed: await host.cipher.seal(effect.keyId, effect.aad, effect.plaintext) };
    case "cipher.open":
      return { kind, plaintext: await host.cipher.open(effect.aad, effect.sealed) };
    case "sleep":
      await host.sleep(effect.ms, endOf(flow));
      return { kind };
  }
}

// An answer too large for the border counts as a host failure.
function write(core: Core<ServiceExports>, effect: Effect, reply: Reply): number {
  try {
    return writeReply(core, effect, reply);
  } catch {
    return writeReply(core, effect, { kind: "failed" });
  }
}

// forget fills the copies that crossed this side with zeros.
function forget(effect: Effect, reply: Reply): void {
  if (effect.kind === "fetch") effect.exchange.body.fill(0);
  if (effect.kind === "cipher.seal") effect.plaintext.fill(0);
  if (reply.kind === "random") reply.bytes.fill(0);
  if (reply.kind === "fetch") reply.reply.body.fill(0);
  if (reply.kind === "cipher.open") reply.plaintext?.fill(0);
}

function wipe(core: Core<ServiceExports>, size: number): void {
  core.look().fill(0, core.at, core.at + size);
}

function failureOf(core: Core<ServiceExports>, failure: FlowFailure, call: FlowCall): TenonError {
  const { code, reason, status, provider, retryAfterMs } = failure;
  return core.error(code, reason, {
    status: status || undefined,
    provider: provider || undefined,
    correlationId: call.correlationId,
    metadata: Number.isNaN(retryAfterMs) ? undefined : { retryAfterMs },
  });
}

// asError gives an error the call's correlation id.
function asError(cause: unknown, { correlationId }: FlowCall): TenonError {
  return withCorrelation(cause instanceof TenonError ? cause : internal(cause), correlationId);
}

// cancelled makes the error of a call whose caller has left.
export function cancelled({ correlationId }: { correlationId: string }): TenonError {
  return new TenonError("CONFLICT", "The call was cancelled.", { retryable: true, correlationId });
}
