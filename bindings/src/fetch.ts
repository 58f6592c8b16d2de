import type { HttpReply, HttpRequest, NetworkKind } from "./host.js";
import { isLoopback } from "./loopback.js";
import { kindOfFailure, neverSent } from "./network.js";

// FetchFunction is the part of the Fetch API that an exchange needs.
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

export interface FetchRules {
  fetch: FetchFunction;
  // allowLoopbackHttp lets plain http through to this machine, for local runs and tests.
  allowLoopbackHttp: boolean;
}

// The header block is bounded like the body; a peer cannot fill memory with it.
const headerCharsMax = 32_768;

// TooLarge is thrown inside one exchange only, when a bound is passed.
class TooLarge extends Error {}

// exchange performs one HTTP exchange within one deadline, body included. Redirects are not followed.
// It never throws: failures are values, and say whether the peer may have seen the request.
export async function exchange(
  rules: FetchRules,
  request: HttpRequest,
  ended: AbortSignal,
): Promise<HttpReply> {
  if (!isAllowed(request.url, rules.allowLoopbackHttp)) return failed("blocked", false);
  const deadline = new AbortController();
  const stop = (): void => deadline.abort();
  const timer = setTimeout(stop, request.timeoutMs);
  ended.addEventListener("abort", stop);
  let status = 0;
  try {
    const response = await untilAborted(send(rules, request, deadline.signal), deadline.signal);
    if (response.type === "opaqueredirect") return failed("blocked", true);
    status = response.status;
    const headers = headersOf(response);
    const body = await readBody(response, request.bodyMax, deadline.signal);
    return { network: "none", maybeSent: true, status, headers, body };
  } catch (cause) {
    if (cause instanceof TooLarge) return failed("too_large", true, status);
    if (deadline.signal.aborted) return failed("timeout", true, status);
    const kind = kindOfFailure(cause);
    return failed(kind, status > 0 || !neverSent(kind, cause), status);
  } finally {
    clearTimeout(timer);
    ended.removeEventListener("abort", stop);
    deadline.abort();
  }
}

// isAllowed tells whether a token may be sent to an address: https, or plain http to this machine where
// that is allowed, and no credentials in it.
export function isAllowed(address: string, allowLoopbackHttp: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username || url.password) return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && allowLoopbackHttp && isLoopback(url.hostname);
}

function send(rules: FetchRules, request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { method, url, headers, body } = request;
  return rules.fetch(url, {
    method,
    headers,
    redirect: "manual",
    signal,
    ...(body.length > 0 && { body }),
  });
}

function headersOf(response: Response): [string, string][] {
  const headers = [...response.headers];
  const chars = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (chars > headerCharsMax) throw new TooLarge();
  return headers;
}

async function readBody(
  response: Response,
  bodyMax: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await untilAborted(reader.read(), signal);
    if (done) break;
    size += value.length;
    if (size > bodyMax) {
      reader.cancel().catch(() => undefined);
      throw new TooLarge();
    }
    parts.push(value);
  }
  return joined(parts, size);
}

// joined copies the parts into one and fills them with zeros: they may hold tokens.
function joined(parts: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
    part.fill(0);
  }
  return whole;
}

// untilAborted keeps the deadline even where a fetch or a body ignores its signal.
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function failed(network: NetworkKind, maybeSent: boolean, status = 0): HttpReply {
  return { network, maybeSent, status, headers: [], body: new Uint8Array(0) };
}
