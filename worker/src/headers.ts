const contentPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/** secure sets the headers that every answer carries. Answers that name no cache rule of their
 * own must not be stored at all. */
export function secure(headers: Headers, options: { https: boolean; correlationId: string }): void {
  headers.set("Content-Security-Policy", contentPolicy);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("X-Correlation-Id", options.correlationId);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  // Other hosts below this one are not this worker's to decide about.
  if (options.https) headers.set("Strict-Transport-Security", "max-age=63072000");
}
