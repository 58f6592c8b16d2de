import type { TenonError } from "./errors.js";

// ApiResponse is the envelope of the worker's REST answers.
export interface ApiResponse<T> {
  success: boolean;
  data?: T;
  error?: { code: string; message: string; retryable: boolean; correlationId?: string };
  metadata?: { timestamp: string; correlationId: string };
}

// isIntegrationError tells whether value has the shape of a TenonError, also one that came out of
// another copy of the package or across a worker border.
export function isIntegrationError(value: unknown): value is TenonError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "retryable" in value &&
    typeof value.retryable === "boolean" &&
    "timestamp" in value
  );
}

// isSuccessResponse tells whether an envelope carries data.
export function isSuccessResponse<T>(
  response: ApiResponse<T>,
): response is ApiResponse<T> & { success: true; data: T } {
  return response.success === true && response.data !== undefined;
}
