// Row P13: one decision, as a call into the module with numbers, as the public call with objects, and
// as the same rule written in JavaScript.
import { mustHold } from "./rounds.mjs";

const now = 1_800_000_000_000;
const lifetimeMs = 3_600_000;
const marginMs = 300_000;
const policy = { attemptsMax: 5, baseMs: 1000, factor: 2, capMs: 10_000, jitter: "full" };
const kindOfFull = 2;

// The time moves, so that no engine computes an answer once for all calls.
function clock() {
  let calls = 0;
  return () => now + (++calls & 4095) * 1000;
}

/** decisionJobs gives the jobs of this row. */
export function decisionJobs({ tenon }) {
  return [
    { id: "decision-expiry", open: async () => openExpiry(tenon) },
    { id: "decision-retry", open: async () => openRetry(tenon) },
  ];
}

// refreshNeeded is the decision without wasm: 0 to use, 1 to refresh behind the caller, 2 to wait.
function refreshNeeded(at, expiresAt, issuedAt) {
  const margin = Math.min(marginMs, (expiresAt - issuedAt) / 5);
  if (at >= expiresAt) return 2;
  return at >= expiresAt - margin ? 1 : 0;
}

function openExpiry(tenon) {
  const { exports } = tenon.internals;
  const expiresAt = now + lifetimeMs;
  const hasRefreshToken = true;
  const one = (at) => exports.tenon_expiry(at, expiresAt, now, marginMs, 0, 1);
  const decide = (at) =>
    tenon.expiry.decide({ expiresAt, issuedAt: now, hasRefreshToken, now: at });
  const [time, timeOfDecide, timeOfPlain] = [clock(), clock(), clock()];
  const actions = ["use", "refresh_soon", "refresh_now"];
  return {
    contenders: {
      tenon: () => one(time()),
      "expiry.decide": () => decide(timeOfDecide()),
      "plain JavaScript": () => refreshNeeded(timeOfPlain(), expiresAt, now),
    },
    check: () => {
      for (let at = now; at <= now + 4_000_000; at += 1000) {
        const wanted = refreshNeeded(at, expiresAt, now);
        mustHold(one(at) >> 4 === wanted, `the action ${expiresAt - at} ms before the end`);
        mustHold(decide(at).action === actions[wanted], `decide ${expiresAt - at} ms before it`);
      }
    },
  };
}

// delayAfter is the decision without wasm, for an answer with this status.
function delayAfter(attempt, status, random) {
  if (status !== 429 && status !== 502 && status !== 503 && status !== 504) return -1;
  if (attempt >= policy.attemptsMax) return -2;
  return random * Math.min(policy.baseMs * policy.factor ** (attempt - 1), policy.capMs);
}

function openRetry(tenon) {
  const { internals } = tenon;
  const { exports } = internals;
  const { attemptsMax, baseMs, factor, capMs } = policy;
  // Laid out once: nothing else uses the buffer meanwhile.
  const at = internals.reserve(48);
  const layOut = () => {
    for (const [i, number] of [attemptsMax, baseMs, factor, capMs, kindOfFull, 0].entries()) {
      internals.view.setFloat64(at + i * 8, number, true);
    }
  };
  const one = (attempt, status, random) =>
    exports.tenon_retry(attempt, 0, status, 0, Number.NaN, random, at);
  const next = (attempt, status, random) =>
    tenon.retry.next({ attempt, outcome: { status }, policy, random, now });
  let calls = 0;
  const draw = () => (++calls & 1023) / 1024;
  return {
    arrange: {
      tenon: () => {
        layOut();
        return () => undefined;
      },
    },
    contenders: {
      tenon: () => one(1 + (calls & 3), 503, draw()),
      "retry.next": () => next(1 + (calls & 3), 503, draw()),
      "plain JavaScript": () => delayAfter(1 + (calls & 3), 503, draw()),
    },
    check: () => {
      for (const status of [400, 429, 503]) {
        for (let attempt = 1; attempt <= attemptsMax; attempt++) {
          layOut();
          const wanted = delayAfter(attempt, status, 0.25);
          const given = one(attempt, status, 0.25);
          const { retry, delayMs } = next(attempt, status, 0.25);
          const what = `the delay after try ${attempt} with ${status}`;
          mustHold(Math.abs(given - wanted) <= 1, `${what}: ${given}, not ${wanted}`);
          mustHold(retry === wanted >= 0 && delayMs === Math.max(given, 0), `${what} of next`);
        }
      }
    },
  };
}
