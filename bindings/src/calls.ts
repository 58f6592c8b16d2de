import { cancelled, type Drive, type FlowName, flowKinds } from "./drive.js";
import { invalid, TenonError, withCorrelation } from "./errors.js";
import type { FlowWatch } from "./flow-watch.js";
import { SingleFlight } from "./single-flight.js";
import type { Caller, Integration, TokenInput, TokenResult } from "./types.js";

// Calls turns the calls of the service into flows: input to JSON, result and failure back.
export class Calls {
  readonly #tokens = new SingleFlight<string>();

  // before is called before every flow; watch, where there is one, sees how each ends.
  constructor(
    private readonly drive: Drive,
    private readonly before: () => void,
    private readonly watch?: FlowWatch,
  ) {}

  // run runs one flow. Every call gets a correlation id; it is the same in its events and its error.
  async run<T>(flow: FlowName, input: object & Caller): Promise<T> {
    const { signal, correlationId = crypto.randomUUID(), ...rest } = checked(input);
    const text = jsonOf({ ...rest, correlationId });
    return JSON.parse(await this.#start(flow, { input: text, correlationId, signal })) as T;
  }

  // change runs a flow after which tokens may be others: a token call that began before it has
  // nothing to say to callers that come after.
  async change<T>(flow: FlowName, input: object & Caller): Promise<T> {
    try {
      return await this.run<T>(flow, input);
    } finally {
      this.#tokens.forget();
    }
  }

  // token asks for a token. Callers with the same question at the same time share one flow: its
  // events carry the first caller's correlation id, each error its own caller's.
  async token(input: TokenInput): Promise<TokenResult> {
    const { signal, correlationId = crypto.randomUUID() } = checked(input);
    const question = questionOf(input);
    const start = (flowSignal: AbortSignal | undefined): Promise<string> =>
      this.#start("accessToken", {
        input: withCaller(question, correlationId, input),
        correlationId,
        signal: flowSignal,
      });
    const waiter = { signal, cancelled: () => cancelled({ correlationId }) };
    try {
      const result = JSON.parse(await this.#tokens.run(question, start, waiter)) as TokenResult;
      return dated(result, "expiresAt");
    } catch (cause) {
      throw cause instanceof TenonError ? withCorrelation(cause, correlationId) : cause;
    }
  }

  #start(
    flow: FlowName,
    call: { input: string; correlationId: string; signal: AbortSignal | undefined },
  ): Promise<string> {
    this.before();
    const { drive, watch } = this;
    const started = { kind: flowKinds[flow], ...call };
    if (!watch) return drive.run(started);
    return watch.run(flow, call.correlationId, () => drive.run(started));
  }
}

function checked<T extends object>(input: T): T {
  if (typeof input !== "object" || input === null) throw invalid("input", "must be an object.");
  return input;
}

// questionOf writes what a token call asks for, always in the same order.
function questionOf(input: TokenInput): string {
  const { organizationId, userId, provider, accountId, connectionId, rejectedToken } = input;
  const force = input.force || undefined;
  return jsonOf({
    organizationId,
    userId,
    provider,
    accountId,
    connectionId,
    rejectedToken,
    force,
  });
}

// withCaller adds who is behind a question to it.
function withCaller(question: string, correlationId: string, { ip, userAgent }: Caller): string {
  const about = jsonOf({ correlationId, ip, userAgent });
  return question === "{}" ? about : `${question.slice(0, -1)},${about.slice(1)}`;
}

function jsonOf(input: object): string {
  try {
    return JSON.stringify(input);
  } catch {
    throw invalid("input", "cannot be written as JSON.");
  }
}

const connectionTimes = [
  "createdAt",
  "updatedAt",
  "expiresAt",
  "issuedAt",
  "lastRefreshAt",
] as const;

// withDates turns the times of a connection, which cross the border as numbers, into Dates.
export function withDates(connection: Integration): Integration {
  return dated(connection, ...connectionTimes);
}

// dated turns the named members that are numbers into Dates, in place.
export function dated<T extends object>(value: T, ...names: (keyof T)[]): T {
  for (const name of names) {
    const ms: unknown = value[name];
    if (typeof ms === "number") Reflect.set(value, name, new Date(ms));
  }
  return value;
}
