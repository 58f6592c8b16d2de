import type { Tenon } from "tenon";

/** What one try came to: a status, or a failure before there was one. */
export type Outcome =
  | { status: number; retryAfter: string | null }
  | { network: "timeout" | "unknown" };

const policy = {
  attemptsMax: 4,
  baseMs: 400,
  factor: 2,
  capMs: 5_000,
  jitter: "full",
  jitterMs: 0,
} as const;

/** retryDelay gives the wait in ms before the next try of a read, or null when there is none. */
export function retryDelay(tenon: Tenon, attempt: number, outcome: Outcome): number | null {
  const now = Date.now();
  const decision = tenon.retry.next({
    attempt,
    outcome: { ...outcome, idempotent: true },
    policy,
    now,
  });
  return decision.retry ? decision.delayMs : null;
}
