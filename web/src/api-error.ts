/** A request that failed: with the worker's code, or NETWORK_ERROR when no answer came. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly correlationId: string;

  constructor(message: string, detail: { code: string; status: number; correlationId: string }) {
    super(message);
    this.name = "ApiError";
    this.code = detail.code;
    this.status = detail.status;
    this.correlationId = detail.correlationId;
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = "Something went wrong in this page. Reload it to go on.";
  return new ApiError(message, { code: "INTERNAL_ERROR", status: 0, correlationId: "" });
}
