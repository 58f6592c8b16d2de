// The exports of the two modules, as docs/abi.md lists them. Lengths and pointers are bytes; a
// negative result is -(code + 256 * reason).
export const abiVersion = 1;

export interface PureExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  tenon_abi_version(): number;
  tenon_buffer(size: number): number;
  tenon_wipe(at: number, length: number): void;
  tenon_error_text(code: number, which: number): number;
  tenon_hash(kind: number, at: number, length: number, out: number): number;
  tenon_hmac_key(kind: number, at: number, length: number): number;
  tenon_purpose_key(purpose: number, at: number, length: number): number;
  tenon_key_drop(slot: number): void;
  tenon_hmac(slot: number, at: number, length: number, out: number): number;
  tenon_hmac_verify(slot: number, at: number, length: number, tag: number, tagSize: number): number;
  tenon_hkdf(at: number, key: number, salt: number, info: number, out: number): number;
  tenon_base64(mode: number, at: number, length: number): number;
  tenon_equal(a: number, aLength: number, b: number, bLength: number): number;
  tenon_pkce(at: number): number;
  tenon_pkce_challenge(at: number, length: number): number;
  tenon_state_issue(slot: number, keyId: number, now: number, at: number, length: number): number;
  tenon_state_key_id(at: number, length: number): number;
  tenon_state_verify(slot: number, now: number, ttl: number, at: number, length: number): number;
  tenon_route(slot: number, at: number, length: number): number;
  tenon_expiry: ExpiryCall;
  tenon_expiry_refresh_at: ExpiryCall;
  tenon_retry(
    attempt: number,
    network: number,
    status: number,
    idempotent: number,
    retryAfterMs: number,
    random01: number,
    policy: number,
  ): number;
  tenon_retry_after(at: number, length: number, now: number): number;
  tenon_rate_limit(at: number, length: number, now: number, status: number): number;
  tenon_return_to(at: number, length: number): number;
}

export type ExpiryCall = (
  now: number,
  expiresAt: number,
  issuedAt: number,
  marginMs: number,
  jitter: number,
  hasRefresh: number,
) => number;

export interface ServiceExports extends PureExports {
  tenon_json_check(at: number, length: number): number;
  tenon_token_outcome(at: number, length: number): number;
  tenon_configure(at: number, length: number): number;
  tenon_start(flowKind: number, at: number, length: number, now: number): number;
  tenon_settle(at: number, length: number, now: number): number;
  tenon_drop(flow: number): number;
  tenon_outbox(): number;
  tenon_outbox_len(): number;
  tenon_outbox_clear(): void;
}

// The purposes of tenon_purpose_key: a MAC made for one is refused by all others.
export const statePurpose = 1;
export const routePurpose = 7;

// Numbers of the error table that JavaScript raises by itself; a test compares them with the core.
export const invalidState = 4;
export const unknownKey = 2;
