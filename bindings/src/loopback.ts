// isLoopback tells whether a host name of a parsed URL is this machine: 127.0.0.0/8, [::1] or
// localhost. The URL parser has already turned other spellings of an address into these.
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
