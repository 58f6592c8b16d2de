/** What a failure looks like inside: the code is public, the reason is for the operator's log. */
export interface Failure {
  code: string;
  message: string;
  retryable: boolean;
  reason?: string;
  provider?: string;
  field?: string;
  retryAfterMs?: number;
  /** Where the browser of a failed callback goes on; checked when its flow began. */
  returnTo?: string;
}

/** statuses maps every error code to the HTTP status that outsiders see. */
export const statuses: Readonly<Record<string, number>> = {
  INVALID_PROVIDER: 404,
  INVALID_USER_ID: 400,
  INVALID_REDIRECT_URL: 400,
  INVALID_STATE: 403,
  OAUTH_INIT_ERROR: 500,
  OAUTH_CALLBACK_ERROR: 502,
  ACCOUNT_NOT_FOUND: 404,
  NO_REFRESH_TOKEN: 409,
  TOKEN_REFRESH_ERROR: 503,
  TOKEN_EXPIRED: 409,
  NO_ACCESS_TOKEN: 409,
  GET_TOKEN_ERROR: 500,
  DISCONNECT_ERROR: 500,
  DATABASE_ERROR: 503,
  NETWORK_ERROR: 502,
  INTEGRATION_NOT_FOUND: 404,
  RATE_LIMITED: 429,
  PROVIDER_ERROR: 502,
  CONFIGURATION_ERROR: 503,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  CONFLICT: 409,
  VALIDATION_ERROR: 400,
  INTERNAL_ERROR: 500,
  CIRCUIT_OPEN: 503,
};

/** ApiError ends a request with a coded failure; status overrides the table where HTTP has a finer word. */
export class ApiError extends Error {
  readonly failure: Failure;
  readonly status: number;

  constructor(failure: Omit<Failure, "retryable"> & { retryable?: boolean }, status?: number) {
    super(failure.message);
    this.name = "ApiError";
    this.failure = { retryable: false, ...failure };
    this.status = status ?? statuses[failure.code] ?? 500;
  }
}

export function invalid(message: string, field?: string, status?: number): ApiError {
  return new ApiError({ code: "VALIDATION_ERROR", message, field }, status);
}

export function unauthorized(reason: string): ApiError {
  return new ApiError({ code: "UNAUTHORIZED", message: "A valid credential is needed.", reason });
}

export function forbidden(reason: string): ApiError {
  return new ApiError({ code: "FORBIDDEN", message: "This credential may not do that.", reason });
}

/** invalidState refuses a callback; outsiders see the same whatever the reason. */
export function invalidState(reason: string): ApiError {
  const message = "This sign-in link is not valid any more.";
  return new ApiError({ code: "INVALID_STATE", message, reason });
}

/** noRoute answers for addresses that do not exist. */
export function noRoute(): ApiError {
  return invalid("There is nothing at this address.", undefined, 404);
}

/** noConnection answers alike for ids that do not exist and ids that belong to others. */
export function noConnection(): ApiError {
  return new ApiError({ code: "INTEGRATION_NOT_FOUND", message: "No such connection." });
}

/** failureOf turns anything thrown into a Failure; what is not coded becomes INTERNAL_ERROR. */
export function failureOf(thrown: unknown): { failure: Failure; status: number } {
  if (thrown instanceof ApiError) return { failure: thrown.failure, status: thrown.status };
  const failure = {
    code: "INTERNAL_ERROR",
    message: "Something went wrong on our side.",
    retryable: false,
    reason: thrown instanceof Error ? thrown.name : "unknown",
  };
  return { failure, status: 500 };
}
