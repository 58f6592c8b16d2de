/** Records as the worker's REST interface gives them; times are ISO 8601 text. */

export type ConnectionStatus = "connected" | "expired" | "error" | "inactive" | "disconnected";

export interface Connection {
  id: string;
  provider: string;
  providerAccountId: string;
  accountName: string;
  account: { id: string; username: string; displayName: string; email: string };
  status: ConnectionStatus;
  isConnected: boolean;
  reason: string | null;
  scopes: string[];
  scopesNarrowed: boolean;
  expiresAt: string | null;
  issuedAt: string | null;
  hasRefreshToken: boolean;
  lastRefreshAt: string | null;
}

export interface ConnectionSummary {
  total: number;
  connected: number;
  expired: number;
  error: number;
}

export interface ConnectionPage {
  connections: Connection[];
  summary: ConnectionSummary;
  nextCursor: string | null;
}

export interface Provider {
  id: string;
  displayName: string;
}

export interface Session {
  userId: string;
  organizationId: string;
  expiresAt: string;
}

/** What a sign-in link would do: whom it signs in, and whose session here it would end. */
export interface LinkPreview extends Session {
  standing: Session | null;
}

export interface StartedConnect {
  authUrl: string;
  state: string;
  flow: string;
  expiresAt: string;
}

export interface Disconnected {
  connectionId: string;
  revocation: "done" | "queued" | "unsupported";
}
