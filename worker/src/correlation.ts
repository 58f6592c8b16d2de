/** correlationOf takes a caller's own id when it is plain, else makes a random one. */
export function correlationOf(headers: Headers): string {
  const given = headers.get("x-correlation-id");
  return given !== null && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : crypto.randomUUID();
}
