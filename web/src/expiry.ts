import type { Tenon } from "tenon";
import { formatDuration } from "./duration";
import type { Connection } from "./records";

export type Tone = "good" | "warn" | "bad" | "quiet";

export interface ExpiryView {
  tone: Tone;
  /** The moving part, "12:05"; empty when nothing counts down. */
  countdown: string;
  lead: string;
  hint: string;
  /** What is left of the lifetime, 0 to 1; null when it is not known. */
  share: number | null;
}

export type Lifetime = Pick<Connection, "expiresAt" | "issuedAt" | "hasRefreshToken">;

/** lifetimeOf is what the clock has to go by: a grant that has ended renews nothing any more. */
export function lifetimeOf(connection: Connection): Lifetime {
  const { expiresAt, issuedAt, hasRefreshToken, status } = connection;
  return { expiresAt, issuedAt, hasRefreshToken: hasRefreshToken && status !== "expired" };
}

/** decideExpiry asks the core; times come from the record and from the page's clock. */
export function decideExpiry(tenon: Tenon, lifetime: Lifetime, now: number) {
  return tenon.expiry.decide({
    expiresAt: milliseconds(lifetime.expiresAt),
    issuedAt: milliseconds(lifetime.issuedAt),
    hasRefreshToken: lifetime.hasRefreshToken,
    now,
  });
}

/** needsReconnect says whether only the person can make this connection work again. */
export function needsReconnect(tenon: Tenon, lifetime: Lifetime, now: number): boolean {
  return decideExpiry(tenon, lifetime, now).action === "reconnect";
}

/** viewExpiry turns the core's decision into what the list shows at this second. */
export function viewExpiry(tenon: Tenon, lifetime: Lifetime, now: number): ExpiryView {
  const { status } = decideExpiry(tenon, lifetime, now);
  const expiresAt = milliseconds(lifetime.expiresAt);
  if (status === "unknown" || expiresAt === null) {
    return { tone: "quiet", countdown: "", lead: "No expiry", hint: "None was given", share: null };
  }
  const renews = lifetime.hasRefreshToken;
  if (status === "expired") {
    return {
      tone: renews ? "warn" : "bad",
      countdown: "",
      lead: "Expired",
      hint: renews ? "Renewed at next use" : "Reconnect to go on",
      share: 0,
    };
  }
  return {
    tone: status === "expiring" ? "warn" : "good",
    countdown: formatDuration(expiresAt - now),
    lead: "Expires in",
    hint: renews ? "Renews by itself" : "Cannot renew itself",
    share: shareLeft(lifetime, now),
  };
}

function shareLeft(lifetime: Lifetime, now: number): number | null {
  const expiresAt = milliseconds(lifetime.expiresAt);
  const issuedAt = milliseconds(lifetime.issuedAt);
  if (expiresAt === null || issuedAt === null || expiresAt <= issuedAt) return null;
  return Math.min(1, Math.max(0, (expiresAt - now) / (expiresAt - issuedAt)));
}

function milliseconds(iso: string | null): number | null {
  const parsed = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(parsed) ? null : parsed;
}
