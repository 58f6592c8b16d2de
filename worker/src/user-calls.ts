import type { ConnectionStatus } from "tenon/service";

/** Owner is who asks: an organization's key, or one user of it. */
export interface Owner {
  organizationId: string;
  userId?: string;
}

/** Trace goes into every event of a flow. */
export interface Trace {
  correlationId: string;
  ip?: string;
  userAgent?: string;
}

export interface ConnectCall {
  provider: string;
  organizationId: string;
  userId: string;
  redirectUrl?: string;
  scopes?: string[];
  metadata?: Record<string, unknown>;
  /** Hash of the browser session that begins the flow; the callback must come with the same. */
  session?: string;
  binding?: "cookie" | "none";
}

export interface CallbackCall {
  provider: string;
  /** The query as it came, not decoded. */
  query: string;
  cookie?: string;
  session?: string;
  userId?: string;
  /** Of the state, which names the pending record. */
  nonce: string;
}

/** RefreshOptions are the caller's own for one refresh; times are milliseconds. */
export interface RefreshOptions {
  force?: boolean;
  maxRetries?: number;
  initialDelay?: number;
  maxDelay?: number;
}

export interface ListCall {
  organizationId: string;
  userId: string;
  provider?: string;
  status?: ConnectionStatus;
  limit?: number;
  cursor?: string;
}
