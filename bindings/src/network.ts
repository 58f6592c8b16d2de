import type { NetworkKind } from "./host.js";

// How runtimes name what went wrong below HTTP: Node and Deno by system and undici codes, Bun by its
// own. workerd tells nothing apart (an "internal error"), so there everything is "unknown".
const kindOfCode: Record<string, NetworkKind> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  EADDRNOTAVAIL: "refused",
  ConnectionRefused: "refused",
  FailedToOpenSocket: "refused",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  Timeout: "timeout",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  ConnectionClosed: "reset",
};

// Certificates are judged by this side before it sends anything; an alert may come later.
const certificateCode = /^(ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;
const tlsCode = /^(ERR_TLS_|ERR_SSL_|EPROTO$)/;

// A chain of causes is short; a longer one is not worth the walk.
const causesMax = 5;

interface SystemError {
  code?: unknown;
  syscall?: unknown;
  cause?: unknown;
  errors?: unknown;
}

// kindOfFailure reads the kind from the error codes of a failed fetch, never from its text.
export function kindOfFailure(failure: unknown): NetworkKind {
  for (const { code } of causesOf(failure)) {
    if (typeof code !== "string") continue;
    const kind = kindOfCode[code] ?? (isTls(code) ? "tls" : undefined);
    if (kind) return kind;
  }
  return "unknown";
}

// neverSent tells whether a failure shows that no byte of the request reached the peer: the name was
// not found, there was no connection to send on, or its certificate was refused. In doubt it is false.
export function neverSent(kind: NetworkKind, failure: unknown): boolean {
  if (kind === "dns" || kind === "refused") return true;
  return causesOf(failure).some(
    ({ code, syscall }) =>
      syscall === "connect" ||
      code === "UND_ERR_CONNECT_TIMEOUT" ||
      (typeof code === "string" && certificateCode.test(code)),
  );
}

function isTls(code: string): boolean {
  return certificateCode.test(code) || tlsCode.test(code);
}

function causesOf(failure: unknown): SystemError[] {
  const found: SystemError[] = [];
  let next: unknown = failure;
  while (typeof next === "object" && next !== null && found.length < causesMax) {
    const error: SystemError = next;
    found.push(error);
    // Trying several addresses of one name ends in an AggregateError; the first speaks for all.
    next = error.cause ?? (Array.isArray(error.errors) ? error.errors[0] : undefined);
  }
  return found;
}
