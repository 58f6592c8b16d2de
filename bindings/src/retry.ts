import { bounded, type Instant, millis, text } from "./check.js";
import type { Core } from "./core.js";
import { invalid } from "./errors.js";
import { type NetworkKind, networkKinds } from "./host.js";

const jitterKinds = ["none", "additive", "full"] as const;

export interface RetryPolicy {
  attemptsMax: number;
  baseMs: number;
  factor: number;
  capMs: number;
  jitter: (typeof jitterKinds)[number];
  // jitterMs is the most that "additive" adds.
  jitterMs?: number;
}

export interface RetryOutcome {
  // network is the failure when there was no answer, status the HTTP status when there was one.
  network?: NetworkKind;
  status?: number;
  // retryAfter is the header's value as received.
  retryAfter?: string | null;
  // idempotent calls may be repeated after a 500 too.
  idempotent?: boolean;
}

export interface RetryQuestion {
  // attempt counts the tries made so far, from 1.
  attempt: number;
  outcome: RetryOutcome;
  policy?: keyof typeof retryPolicies | RetryPolicy;
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
}

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
    next: core.safe(({ attempt, outcome, policy = "refresh", now = Date.now(), random }) => {
      const { retryAfter, network = "none", status = 0, idempotent } = outcome;
      const wait = retryAfter == null ? Number.NaN : after(retryAfter, now);
      const delayMs = core.exports.tenon_retry(
        bounded(attempt, "attempt", 1, 1e6),
        networkKinds.indexOf(network),
        status,
        idempotent ? 1 : 0,
        wait,
        bounded(random ?? random01(), "random", 0, 1),
        writePolicy(core, typeof policy === "string" ? retryPolicies[policy] : policy),
      );
      if (Number.isNaN(delayMs)) throw invalid("outcome or policy", "is out of bounds.");
      if (delayMs >= 0) return { retry: true, delayMs, reason: "retry" };
      const reason = delayMs === -1 ? "not_retryable" : "attempts_used_up";
      return { retry: false, delayMs: 0, reason };
    }),
    parseRetryAfter: core.safe((value, now = Date.now()) => {
      const ms = after(value, now);
      return Number.isNaN(ms) ? null : ms;
    }),
  };
}

// writePolicy lays a policy out for the core, which checks its bounds.
function writePolicy(core: Core, policy: RetryPolicy): number {
  const start = core.reserve(48);
  const { attemptsMax, baseMs, factor, capMs, jitter, jitterMs = 0 } = policy;
  let at = start;
  for (const value of [attemptsMax, baseMs, factor, capMs, jitterKinds.indexOf(jitter), jitterMs]) {
    core.view.setFloat64(at, value, true);
    at += 8;
  }
  return start;
}

function random01(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
