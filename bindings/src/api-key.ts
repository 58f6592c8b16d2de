import { type Instant, millis } from "./check.js";
import { invalid } from "./errors.js";
import type { Caller } from "./types.js";

// ConnectApiKeyInput is a key, or for a provider of the kind "basic" a user name and password.
export interface ConnectApiKeyInput extends Caller {
  provider: string;
  userId: string;
  apiKey?: string;
  username?: string;
  password?: string;
  // accountId names the account where the provider is not asked; where it is, it must say the same.
  accountId?: string;
  accountName?: string;
  scopes?: readonly string[];
  metadata?: Record<string, unknown>;
  // expiresAt is when the key ends, where that is known.
  expiresAt?: Instant;
  // verify asks the provider whose key it is, where its entry has a call for that; true when left out.
  verify?: boolean;
}

// keyInput is the input as it crosses the border, where times are numbers. Throws VALIDATION_ERROR.
export function keyInput(input: ConnectApiKeyInput): Caller {
  if (typeof input !== "object" || input === null) throw invalid("input", "must be an object.");
  const { expiresAt, ...rest } = input;
  if (expiresAt === undefined) return rest;
  const crossing = { ...rest, expiresAt: Math.trunc(millis(expiresAt, "expiresAt")) };
  return crossing;
}
