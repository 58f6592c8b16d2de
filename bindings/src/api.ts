export type { Instant } from "./check.js";
export type { HashAlgorithm, HmacKey, TenonCrypto } from "./crypto.js";
export { type ErrorCode, type ErrorDetails, errorCodes, TenonError } from "./errors.js";
export type { Expiry, ExpiryDecision, ExpiryQuestion } from "./expiry.js";
export { type ApiResponse, isIntegrationError, isSuccessResponse } from "./guards.js";
export type { NetworkKind } from "./host.js";
export type { LoadOptions, WasmSource } from "./load.js";
export type { Pkce, PkcePair } from "./pkce.js";
export type { Tenon } from "./pure.js";
export type {
  RateLimit,
  Retry,
  RetryDecision,
  RetryOutcome,
  RetryPolicy,
  RetryQuestion,
  RetrySchedule,
} from "./retry.js";
export type { Key } from "./slots.js";
export type { RouteInput, StateApi, StateClaims, StateFacts } from "./state.js";
