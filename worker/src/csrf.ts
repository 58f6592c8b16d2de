import { forbidden, invalid } from "./errors.ts";

/** checkSameOrigin refuses a state change that a browser did not send from this very origin, and
 * a posted body that a plain form could have sent. It throws FORBIDDEN or VALIDATION_ERROR. */
export function checkSameOrigin(request: Request, publicOrigin: string): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const sent = site ?? origin;
  const sameSite = site === null || site === "same-origin";
  const sameOrigin = origin === null || origin === publicOrigin;
  if (sent === null || !sameSite || !sameOrigin) throw forbidden("cross_origin");
  if (request.method !== "DELETE" && !isJson(request)) {
    throw invalid("The body must be application/json.", undefined, 415);
  }
}

/** isJson tells whether the body is declared as application/json in UTF-8. */
export function isJson(request: Request): boolean {
  const type = request.headers.get("content-type") ?? "";
  return /^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(type.trim());
}
