// errorCodes is every code a TenonError can carry, in the order of the core's table, from which names
// and sentences come (tenon_error_text).
export const errorCodes = [
  "INVALID_PROVIDER",
  "INVALID_USER_ID",
  "INVALID_REDIRECT_URL",
  "INVALID_STATE",
  "OAUTH_INIT_ERROR",
  "OAUTH_CALLBACK_ERROR",
  "ACCOUNT_NOT_FOUND",
  "NO_REFRESH_TOKEN",
  "TOKEN_REFRESH_ERROR",
  "TOKEN_EXPIRED",
  "NO_ACCESS_TOKEN",
  "GET_TOKEN_ERROR",
  "DISCONNECT_ERROR",
  "DATABASE_ERROR",
  "NETWORK_ERROR",
  "INTEGRATION_NOT_FOUND",
  "RATE_LIMITED",
  "PROVIDER_ERROR",
  "CONFIGURATION_ERROR",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "CONFLICT",
  "VALIDATION_ERROR",
  "INTERNAL_ERROR",
  "CIRCUIT_OPEN",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  retryable?: boolean | undefined;
  status?: number | undefined;
  provider?: string | undefined;
  correlationId?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  // reason is the exact cause for the operator's log, such as "state_expired". It stays out of toJSON.
  reason?: string | undefined;
  cause?: unknown;
}

// TenonError is the only thing this package throws. Its message is fixed text: it never holds a
// token, a code, a secret, a state or a body, so toJSON may be sent to a caller as it is.
export class TenonError extends Error {
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly status: number | undefined;
  declare readonly provider: string | undefined;
  declare correlationId: string;
  declare readonly timestamp: Date;
  declare readonly metadata: Record<string, unknown> | undefined;
  declare readonly reason: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    // reason and cause stay out of enumeration: they are for the operator, and loggers spread what
    // they see.
    const { reason, cause, ...shown } = details;
    super(message, { cause });
    Object.defineProperty(this, "reason", { value: reason });
    Object.assign(this, { code, retryable: false, timestamp: new Date(), ...shown });
    this.correlationId ??= crypto.randomUUID();
  }

  override get name(): string {
    return "TenonError";
  }

  // toJSON is what a caller may see: neither stack nor reason nor cause.
  toJSON(): object {
    return { ...this, message: this.message };
  }
}

// invalid makes the VALIDATION_ERROR for one named argument.
export function invalid(argument: string, rule: string): TenonError {
  return new TenonError("VALIDATION_ERROR", `${argument} ${rule}`, { metadata: { argument } });
}

// misconfigured makes the CONFIGURATION_ERROR an operator reads at start.
export function misconfigured(message: string, cause?: unknown): TenonError {
  return new TenonError("CONFIGURATION_ERROR", message, { cause });
}

// internal makes the INTERNAL_ERROR for a defect on our side; the cause is kept for the log.
export function internal(cause?: unknown): TenonError {
  return new TenonError("INTERNAL_ERROR", "Something went wrong on our side.", { cause });
}

// withCorrelation gives an error with another correlation id: the same one when it has it already.
export function withCorrelation(error: TenonError, correlationId: string): TenonError {
  if (error.correlationId === correlationId) return error;
  const { code, message, retryable, status, provider, metadata, reason, cause } = error;
  const details = { retryable, status, provider, metadata, reason, cause };
  return new TenonError(code, message, { ...details, correlationId });
}
