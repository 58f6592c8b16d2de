import type { ConnectApiKeyInput } from "./api-key.js";
import type { FlowName } from "./drive.js";
import type { ErrorCode, TenonError } from "./errors.js";
import type { EventListener, EventType } from "./events.js";
import type { FetchFunction } from "./fetch.js";
import type { Effect, Storage } from "./host.js";
import type { KeyProviderEntry, ProviderEntry } from "./providers.js";
import type { RetireResult, RotationResult } from "./rotation.js";
import type { Key } from "./slots.js";

// Caller is what every call may say about who is behind it; it goes into the events of the call.
export interface Caller {
  organizationId?: string | undefined;
  correlationId?: string | undefined;
  ip?: string | undefined;
  userAgent?: string | undefined;
  // signal ends the call with CONFLICT when aborted. What only asks, begins a sign-in or rotates keys
  // stops there; what may have spent a code or a refresh token goes on to its end without its caller.
  signal?: AbortSignal | undefined;
}

export interface ProviderSettings {
  clientId: string;
  clientSecret?: string;
  // redirectUri is the registered callback address, sent byte for byte (R12).
  redirectUri: string;
  // issuer moves the entry to another server of the same kind; see withIssuer.
  issuer?: string;
}

// ConfiguredProvider is a catalog entry, or its fields, with what the provider issued to you.
// A provider that is reached with keys has an entry and nothing else.
export type ConfiguredProvider =
  | (ProviderSettings & ({ entry: ProviderEntry } | ProviderEntry))
  | { entry: KeyProviderEntry };

export interface IntegrationsOptions {
  storage: Storage;
  // keys is the ring: the first signs and seals, all verify and open.
  keys: readonly Key[];
  // routeKey names shards in states and ids; without it one store holds everything.
  routeKey?: string | Uint8Array;
  providers: readonly ConfiguredProvider[];
  // returnOrigins are the origins, besides paths of this site, to which a browser may be sent back.
  returnOrigins?: readonly string[];
  // stateTtlMs is how long a started connection may take: 1 to 60 minutes, 10 by default.
  stateTtlMs?: number;
  // allowLoopbackHttp lets providers on this machine be reached by plain http, for local runs.
  allowLoopbackHttp?: boolean;
  // healthEveryMs is how often runDue checks a connection that nothing else touches: a day by default,
  // a minute at least; 0 turns it off.
  healthEveryMs?: number;
  // refreshAhead: false leaves refreshing to the calls that need a token; by default runDue refreshes
  // every connection shortly before its token runs out.
  refreshAhead?: boolean;
  // onEvent gets every event, as on("*", listener) does. What it throws or rejects with is dropped.
  onEvent?: EventListener;
  // onFlow is told of every flow when it ends, those of the instance's own timer among them.
  onFlow?: (report: FlowReport) => unknown;
  // wake is asked to call runDue not later than the given time. Without it an instance calls runDue
  // itself, by a timer: a second after it was made, when work is due, and every five minutes.
  wake?: (at: number) => unknown;
  fetch?: FetchFunction;
  now?: () => number;
  random?: (size: number) => Uint8Array<ArrayBuffer>;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  // onEffect is awaited before each effect is performed; tests observe and kill here.
  onEffect?: (effect: Effect) => unknown;
}

// FlowReport says how one flow ended. Calls for a token that ask the same at the same time are one.
export interface FlowReport {
  flow: FlowName;
  // time is when it ended, in ms since 1970.
  time: number;
  durationMs: number;
  correlationId: string;
  // code and reason are those of the error; absent when all went well.
  code?: ErrorCode;
  reason?: string;
}

// Account names one connected account: by its connection, or by provider and account.
export interface AccountQuestion extends Caller {
  connectionId?: string | undefined;
  userId?: string | undefined;
  provider?: string | undefined;
  accountId?: string | undefined;
}

export interface ConnectInput extends Caller {
  provider: string;
  userId: string;
  // redirectUrl is where the browser goes afterwards: a path or an address of an allowed origin.
  redirectUrl?: string;
  scopes?: readonly string[];
  metadata?: Record<string, unknown>;
  // session is bound into the flow: a callback in another session is refused (R5).
  session?: string;
  binding?: "cookie" | "none";
}

export interface BindingCookie {
  name: string;
  value: string;
  maxAgeS: number;
  secure: boolean;
}

export interface ConnectResult {
  authUrl: string;
  state: string;
  expiresAt: Date;
  // flow is a short name of this attempt for logs and return addresses.
  flow: string;
  // cookie must be set on the browser that is sent to authUrl; null only for binding "none".
  cookie: BindingCookie | null;
}

export interface CallbackInput extends Caller {
  provider: string;
  // One of url, query, or code and state: what the provider sent the browser back with.
  url?: string;
  query?: string;
  code?: string;
  state?: string;
  iss?: string;
  // cookie is the raw Cookie header of the callback request.
  cookie?: string | null;
  session?: string;
  userId?: string;
}

export type ConnectionStatus = "connected" | "expired" | "error" | "inactive" | "disconnected";

// Integration is one connected account as anybody may see it: it holds no token.
export interface Integration {
  id: string;
  provider: string;
  providerAccountId: string;
  accountName: string;
  account: { id: string; username: string; displayName: string; email: string };
  userId: string;
  organizationId: string;
  status: ConnectionStatus;
  isConnected: boolean;
  reason: string | null;
  scopes: string[];
  scopesNarrowed: boolean;
  tokenType: string;
  expiresAt: Date | null;
  issuedAt: Date | null;
  hasRefreshToken: boolean;
  metadata: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  lastRefreshAt: Date | null;
}

export interface CallbackResult {
  userId: string;
  organizationId: string;
  // accountId is "" and connection null when the provider said no, and with the error "unfinished":
  // access was granted, and runDue makes the connection when the provider says whose account it is.
  accountId: string;
  connection: Integration | null;
  redirectUrl: string;
  flow: string;
  // error is a code of a fixed set, listed in docs/abi.md; absent when the account is connected.
  error?: string;
}

export interface TokenInput extends AccountQuestion {
  // force gets a new token even where the old one is still valid.
  force?: boolean;
  // rejectedToken is one that an API answered with 401: another is given, refreshed where needed.
  rejectedToken?: string;
}

export interface TokenResult {
  accessToken: string;
  tokenType: string;
  expiresAt: Date | null;
  connectionId: string;
  // header and scheme say how an API key is sent: the scheme and a space stand before it, unless "".
  header?: string;
  scheme?: string;
}

// ApiRequest is what fetch takes, but that redirects are never followed with a token.
export type ApiRequest = Omit<RequestInit, "redirect"> & { redirect?: "manual" | "error" };

export interface ListInput extends Caller {
  provider?: string;
  status?: ConnectionStatus;
  limit?: number;
  cursor?: string;
}

export interface ConnectionSummary {
  total: number;
  connected: number;
  expired: number;
  error: number;
  byProvider: Record<string, number>;
  multiAccountProviders: string[];
}

export interface ConnectionPage {
  connections: Integration[];
  summary: ConnectionSummary;
  nextCursor: string | null;
}

export interface RefreshInput extends AccountQuestion {
  // force refreshes a token that is still valid.
  force?: boolean;
  maxRetries?: number;
  // initialDelay and maxDelay are milliseconds.
  initialDelay?: number;
  maxDelay?: number;
}

export type RefreshOutcome =
  | { ok: true; connection: Integration }
  | { ok: false; error: TenonError };

export interface DisconnectResult {
  connectionId: string;
  status: "disconnected";
  revocation: "done" | "queued" | "unsupported";
}

// HealthReport is what one check of a connection found.
export interface HealthReport {
  connectionId: string;
  healthy: boolean;
  status: ConnectionStatus;
  // reason is null while the connection works; see the reasons in docs/errors.md.
  reason: string | null;
  lastCheckedAt: Date | null;
  // errorRate is the failed part of the last day's checks, from 0 to 1.
  errorRate: number;
  consecutiveFailures: number;
  // predictedExpiry is when each token's life ends, as far as that is known.
  predictedExpiry: { accessToken: Date | null; refreshToken: Date | null };
  nextAction: "none" | "wait" | "reconnect" | "check_provider" | "check_configuration";
  // history holds the last 20 checks, the oldest first. failure is "" after a good one.
  history: { time: Date; ok: boolean; failure: string; durationMs: number }[];
}

export type HealthOutcome =
  | { connectionId: string; ok: true; health: HealthReport }
  | { connectionId: string; ok: false; error: TenonError };

// AuditEntry is one line of the audit log, byte for byte as it is stored.
export interface AuditEntry {
  seq: number;
  text: string;
}

// AuditMark is a place in the log: an entry's number and the hex SHA-256 of its text.
export interface AuditMark {
  seq: number;
  hash: string;
}

export interface AuditPage {
  entries: AuditEntry[];
  // head is the end of the log.
  head: AuditMark;
  // nextCursor is the after of the next page, or null.
  nextCursor: number | null;
}

export interface AuditInput extends Caller {
  // all gives the entries of every organization; otherwise those of organizationId only.
  all?: boolean;
  after?: number;
  limit?: number;
}

export type AuditProof =
  | { ok: true; head: AuditMark }
  | { ok: false; seq: number; problem: "changed" | "missing" | "reordered" };

// AuditLog reads and checks the log of audited events.
export interface AuditLog {
  list(input?: AuditInput): Promise<AuditPage>;
  // verify reads the whole log, or what comes after a place that was verified before, and checks that
  // nothing was changed, dropped or reordered.
  verify(input?: { after?: AuditMark; signal?: AbortSignal }): Promise<AuditProof>;
}

export interface DueResult {
  done: number;
  failed: number;
  // next is when runDue is to be called again, in ms since 1970, or null.
  next: number | null;
}

// Integrations is the service: every method runs one flow and rejects with a TenonError only.
export interface Integrations {
  // initiateOAuthFlow starts a connection: send the browser to authUrl, with the cookie set.
  initiateOAuthFlow(input: ConnectInput): Promise<ConnectResult>;
  // handleOAuthCallback ends it. Rejects with INVALID_STATE for everything that is not the answer to a
  // connection this browser, user and session began; a code is exchanged once only.
  handleOAuthCallback(input: CallbackInput): Promise<CallbackResult>;
  // connectApiKey connects an account by a key instead of a sign-in; again, to replace the key. Rejects
  // with PROVIDER_ERROR when the provider refuses it and NETWORK_ERROR when it does not answer; then
  // nothing is stored.
  connectApiKey(input: ConnectApiKeyInput): Promise<Integration>;
  // getAccessToken gives a token that is valid now, refreshed where needed, or the account's key.
  // Concurrent calls with the same question share one flow and its outcome; a signal ends only its own
  // caller's wait.
  getAccessToken(input: TokenInput): Promise<string>;
  getToken(input: TokenInput): Promise<TokenResult>;
  // fetch calls the provider's API with the account's token in the Authorization header, or its key as the
  // entry says, and gives the answer, whatever its status. After a 401 it gets a newer token and repeats the call, once; a stream
  // as body is not sent again. url is https, from your own code; redirects are not followed. Rejects
  // with NETWORK_ERROR when the API does not answer, and as getToken does.
  fetch(question: AccountQuestion, url: string | URL, request?: ApiRequest): Promise<Response>;
  // getConnectedIntegrations gives all connections of a user, however many pages they fill.
  getConnectedIntegrations(userId: string, filter?: ListInput): Promise<Integration[]>;
  listConnections(input: ListInput & { userId: string }): Promise<ConnectionPage>;
  readConnection(input: Caller & { connectionId: string; userId?: string }): Promise<Integration>;
  refreshToken(input: RefreshInput): Promise<Integration>;
  // batchRefreshTokens refreshes up to 1,000 connections and gives one outcome for each, in order. At
  // most 4 of a provider and 16 in all are at it at once, and organizations take turns.
  batchRefreshTokens(items: readonly RefreshInput[]): Promise<RefreshOutcome[]>;
  // disconnectIntegration makes the tokens unusable at once, then revokes them at the provider.
  disconnectIntegration(input: AccountQuestion): Promise<DisconnectResult>;
  // checkHealth uses a connection as its owner would and says what to do about it.
  checkHealth(question: AccountQuestion): Promise<HealthReport>;
  // checkAllHealth checks every connection of a user: one outcome each, nothing dropped.
  checkAllHealth(userId: string, caller?: Caller): Promise<HealthOutcome[]>;
  audit: AuditLog;
  // runDue does what is due by now. It may be called at any time, and twice.
  runDue(input?: { limit?: number }): Promise<DueResult>;
  // rotateKeys seals everything anew that stands under another key than the one that seals now.
  rotateKeys(input?: Caller & { limit?: number }): Promise<RotationResult>;
  // retireKey has nothing new sealed under a key. Rejects with CONFLICT while a row uses it. The key may
  // leave the ring when retireKey, called again at removableAt or later, still finds no row.
  retireKey(keyId: number, caller?: Caller): Promise<RetireResult>;
  // on calls the listener with every event of the type, or with all for "*", and gives the function
  // that ends this. Listeners can harm neither flows nor each other.
  on(type: EventType | "*", listener: EventListener): () => void;
  // close refuses further calls with CONFLICT and resolves when the running ones have ended and the
  // tokens that storage would not take are stored: after 30 seconds at most. What still runs then ends
  // with CONFLICT.
  close(): Promise<void>;
}
