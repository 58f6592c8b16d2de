import { bounded, type Instant, millis } from "./check.js";
import type { Core } from "./core.js";

export interface ExpiryQuestion {
  // expiresAt is when the token dies; null or absent when the provider did not say.
  expiresAt?: Instant | null;
  issuedAt?: Instant | null;
  hasRefreshToken: boolean;
  now?: Instant;
  // marginMs is how long before the end to refresh (5 minutes); never over 20 % of the lifetime.
  marginMs?: number;
  // jitter from 0 to 1 spreads tokens of equal expiry: up to a quarter of the margin.
  jitter?: number;
}

export interface ExpiryDecision {
  status: "valid" | "expiring" | "expired" | "unknown";
  action: "use" | "refresh_soon" | "refresh_now" | "reconnect";
  // refreshAt is milliseconds since 1970, or null when there is nothing to refresh.
  refreshAt: number | null;
}

export interface Expiry {
  // decide tells what to do with a token now. Throws VALIDATION_ERROR for times that are no times.
  decide(question: ExpiryQuestion): ExpiryDecision;
}

const statuses = ["valid", "expiring", "expired", "unknown"] as const;
const actions = ["use", "refresh_soon", "refresh_now", "reconnect"] as const;

export function createExpiry(core: Core): Expiry {
  return {
    decide: core.safe(({ expiresAt, issuedAt, hasRefreshToken, now, marginMs, jitter }) => {
      const question = [
        millis(now ?? Date.now(), "now"),
        expiresAt == null ? Number.NaN : millis(expiresAt, "expiresAt"),
        issuedAt == null ? Number.NaN : millis(issuedAt, "issuedAt"),
        bounded(marginMs ?? 300_000, "marginMs", 0, 1e11),
        bounded(jitter ?? 0, "jitter", 0, 1),
        hasRefreshToken ? 1 : 0,
      ] as const;
      const decision = core.exports.tenon_expiry(...question);
      const due = core.exports.tenon_expiry_refresh_at(...question);
      return {
        status: statuses[decision & 15] ?? "unknown",
        action: actions[decision >> 4] ?? "reconnect",
        refreshAt: Number.isNaN(due) ? null : due,
      };
    }),
  };
}
