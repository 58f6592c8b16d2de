import type { Failure } from "./errors.ts";

function json(body: object, status: number, headers: HeadersInit = {}): Response {
  const answer = new Response(JSON.stringify(body), { status, headers });
  answer.headers.set("Content-Type", "application/json; charset=utf-8");
  return answer;
}

function metadata(correlationId: string) {
  return { timestamp: new Date().toISOString(), correlationId };
}

/** success wraps what a route answers with. */
export function success(data: unknown, correlationId: string, status = 200): Response {
  return json({ success: true, data, metadata: metadata(correlationId) }, status);
}

/** shownFailure is what outsiders see of a failure. */
export function shownFailure(failure: Failure) {
  const { code, message, retryable, provider, field, retryAfterMs } = failure;
  const known = retryAfterMs === undefined ? undefined : { retryAfterMs };
  return { code, message, retryable, provider, field, metadata: known };
}

/** failed wraps a failure. The reason stays inside: outsiders see code and sentence only. */
export function failed(failure: Failure, correlationId: string, status: number): Response {
  const { retryAfterMs } = failure;
  const about = metadata(correlationId);
  const error = { ...shownFailure(failure), ...about };
  const headers: Record<string, string> = {};
  if (retryAfterMs !== undefined) headers["Retry-After"] = `${Math.ceil(retryAfterMs / 1000)}`;
  // RFC 9110 section 11.6.1: a 401 names the scheme that would do.
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  return json({ success: false, error, metadata: about }, status, headers);
}
