import { bounded, type Instant, millis, text } from "./check.js";
import type { Core } from "./core.js";
import { invalid } from "./errors.js";
import { type NetworkKind, networkKinds } from "./host.js";

const jitterKinds = ["none", "additive", "full", "decorrelated", "around"] as const;

export interface RetryPolicy {
  attemptsMax: number;
  baseMs: number;
  factor: number;
  capMs: number;
  // "full" draws from 0 to the delay, "decorrelated" from baseMs to three times the previous delay.
  jitter: (typeof jitterKinds)[number];
  // jitterMs is the most that "additive" adds, and that "around" adds or takes away.
  jitterMs?: number;
}

export interface RetrySchedule {
  // delaysMs has one delay for each try: the first stands before the first try, the second after it.
  delaysMs: readonly number[];
  // jitterShare is how much of a delay may be added or taken away, from 0 to 1.
  jitterShare?: number;
}

export interface RateLimit {
  // waitMs is how long to hold the next call back, at most 7 days; 0 when there is room, null when
  // the answer says nothing valid.
  waitMs: number | null;
  // remaining is the smallest number of calls left that any limit told.
  remaining: number | null;
}

export interface RetryOutcome {
  // network is the failure when there was no answer, status the HTTP status when there was one.
  network?: NetworkKind;
  status?: number;
  // retryAfter is the header's value as received.
  retryAfter?: string | null;
  // waitMs is what rateLimit made of the answer's header fields; retryAfter is not looked at then.
  waitMs?: number | null;
  // idempotent calls may be repeated after a 500 too.
  idempotent?: boolean;
}

export interface RetryQuestion {
  // attempt counts the tries made so far, from 1.
  attempt: number;
  outcome: RetryOutcome;
  policy?: keyof typeof retryPolicies | RetryPolicy | RetrySchedule;
  // previousDelayMs is the delay before this attempt, for "decorrelated" jitter.
  previousDelayMs?: number;
  now?: Instant;
  // random is a number from 0 to 1 for the jitter; drawn from crypto when absent.
  random?: number;
}

export interface RetryDecision {
  retry: boolean;
  delayMs: number;
  reason: "retry" | "not_retryable" | "attempts_used_up";
}

export interface Retry {
  // next tells whether and when to try again. Throws VALIDATION_ERROR for a policy out of bounds.
  next(question: RetryQuestion): RetryDecision;
  // parseRetryAfter gives the wait in ms that a Retry-After value asks for (RFC 9110 section 10.2.3),
  // or null for one that is neither seconds nor an HTTP date.
  parseRetryAfter(value: string, now?: Instant): number | null;
  // rateLimit reads Retry-After, RateLimit with RateLimit-Policy, RateLimit-* and X-RateLimit-* of one
  // answer. Retry-After decides alone; else the longest wait counts. Few calls left of a known quota
  // are spread over the rest of its window. Garbage is ignored. With status 429 a reset alone counts.
  rateLimit(headers: HeaderFields, answer?: { now?: Instant; status?: number }): RateLimit;
}

// HeaderFields is a Headers object, a list of pairs, or an object of texts.
export type HeaderFields =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | undefined>>;

// The defaults of DESIGN section 4.
export const retryPolicies = {
  tokenExchange: {
    attemptsMax: 3,
    baseMs: 100,
    factor: 2,
    capMs: 5000,
    jitter: "additive",
    jitterMs: 100,
  },
  refresh: { attemptsMax: 3, baseMs: 1000, factor: 2, capMs: 10_000, jitter: "full" },
} as const satisfies Record<string, RetryPolicy>;

export function createRetry(core: Core): Retry {
  const after = (value: string, now: Instant): number => {
    const size = core.put(text(value, "retryAfter"));
    return core.exports.tenon_retry_after(core.at, size, millis(now, "now"));
  };
  return {
    next: core.safe((question) => {
      const { attempt, outcome, policy = "refresh", now = Date.now(), random } = question;
      const { retryAfter, waitMs, network = "none", status = 0, idempotent } = outcome;
      const wait = waitMs ?? (retryAfter == null ? Number.NaN : after(retryAfter, now));
      const delayMs = core.exports.tenon_retry(
        bounded(attempt, "attempt", 1, 1e6),
        networkKinds.indexOf(network),
        status,
        idempotent ? 1 : 0,
        wait,
        bounded(random ?? random01(), "random", 0, 1),
        writePolicy(core, typeof policy === "string" ? retryPolicies[policy] : policy, question),
      );
      if (Number.isNaN(delayMs)) throw invalid("outcome or policy", "is out of bounds.");
      if (delayMs >= 0) return { retry: true, delayMs, reason: "retry" };
      const reason = delayMs === -1 ? "not_retryable" : "attempts_used_up";
      return { retry: false, delayMs: 0, reason };
    }),
    parseRetryAfter: core.safe((value, now = Date.now()) => orNull(after(value, now))),
    rateLimit: core.safe((headers, { now = Date.now(), status = 0 } = {}) => {
      const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
      const told = pairs.filter(([name, value]) => value && limitFields.test(name));
      const size = core.fields(8, told.flat() as string[]);
      const wait = core.exports.tenon_rate_limit(core.at, size, millis(now, "now"), status);
      return { waitMs: orNull(wait), remaining: orNull(core.view.getFloat64(core.at, true)) };
    }),
  };
}

const limitFields = /rate-?limit|retry-after/i;

function orNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

// placeOf gives the policy that a schedule comes down to after so many tries.
function placeOf({ delaysMs, jitterShare = 0.2 }: RetrySchedule, tries: number): RetryPolicy {
  const baseMs = delaysMs[tries] ?? 0;
  const jitterMs = baseMs * bounded(jitterShare, "jitterShare", 0, 1);
  return {
    attemptsMax: delaysMs.length,
    baseMs,
    factor: 1,
    capMs: 8.64e15,
    jitter: "around",
    jitterMs,
  };
}

// writePolicy lays a policy out for the core, which checks its bounds.
function writePolicy(
  core: Core,
  given: RetryPolicy | RetrySchedule,
  { attempt, previousDelayMs = 0 }: RetryQuestion,
): number {
  const start = core.reserve(48);
  const policy = "delaysMs" in given ? placeOf(given, attempt) : given;
  const { attemptsMax, baseMs, factor, capMs, jitter, jitterMs = 0 } = policy;
  const last = jitter === "decorrelated" ? previousDelayMs : jitterMs;
  let at = start;
  for (const value of [attemptsMax, baseMs, factor, capMs, jitterKinds.indexOf(jitter), last]) {
    core.view.setFloat64(at, value, true);
    at += 8;
  }
  return start;
}

function random01(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
