export * from "./api.js";
export type { ConnectApiKeyInput } from "./api-key.js";
export { type VerifyAuditOptions, verifyAudit } from "./audit.js";
export type { FlowName } from "./drive.js";
export { type EventListener, type EventType, eventTypes } from "./events.js";
export type { FetchFunction } from "./fetch.js";
export type {
  CommitResult,
  Effect,
  Entry,
  Storage,
  StorageBatch,
  StorageCheck,
  StorageRange,
  StorageWrite,
  TenonEvent,
} from "./host.js";
export type { RetireResult, RotationResult } from "./rotation.js";
export type { ServiceInternals, ServiceTenon } from "./service-loader.js";
export type * from "./types.js";
