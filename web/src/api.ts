import { ApiError } from "./api-error";
import { noteServerTime } from "./clock";
import { engine } from "./engine";
import type {
  Connection,
  ConnectionPage,
  Disconnected,
  LinkPreview,
  Provider,
  Session,
  StartedConnect,
} from "./records";
import { type Outcome, retryDelay } from "./retry";

const timeoutMs = 20_000;

interface Call {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: Record<string, unknown>;
  /** A handed token to ask with, in place of the browser's own session. */
  bearer?: string;
}

interface Envelope {
  success: boolean;
  data?: unknown;
  error?: { code?: string; message?: string };
  metadata?: { timestamp?: string; correlationId?: string };
}

interface Exchange {
  outcome: Outcome;
  envelope: Envelope | null;
}

/** send makes one call; a GET is tried again as tenon.retry decides. It throws ApiError only. */
async function send<T>(call: Call): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const exchange = await exchangeOnce(call);
    if (exchange.envelope?.success) return exchange.envelope.data as T;
    const delayMs = call.method === "GET" ? await nextDelay(attempt, exchange.outcome) : null;
    if (delayMs === null) throw failure(exchange);
    await new Promise((done) => setTimeout(done, delayMs));
  }
}

async function exchangeOnce(call: Call): Promise<Exchange> {
  try {
    const reply = await fetch(call.path, {
      method: call.method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: "application/json",
        ...(call.bearer === undefined ? {} : { authorization: `Bearer ${call.bearer}` }),
        ...(call.method === "GET" ? {} : { "content-type": "application/json" }),
      },
      ...(call.method === "GET" ? {} : { body: JSON.stringify(call.body ?? {}) }),
    });
    const envelope = await readEnvelope(reply);
    if (envelope?.metadata?.timestamp) noteServerTime(envelope.metadata.timestamp);
    const retryAfter = reply.headers.get("retry-after");
    return { outcome: { status: reply.status, retryAfter }, envelope };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return { outcome: { network: timedOut ? "timeout" : "unknown" }, envelope: null };
  }
}

async function readEnvelope(reply: Response): Promise<Envelope | null> {
  const parsed: unknown = await reply.json().catch(() => null);
  return typeof parsed === "object" && parsed !== null && "success" in parsed
    ? (parsed as Envelope)
    : null;
}

async function nextDelay(attempt: number, outcome: Outcome): Promise<number | null> {
  const tenon = await engine;
  return tenon ? retryDelay(tenon, attempt, outcome) : null;
}

function failure({ outcome, envelope }: Exchange): ApiError {
  if ("network" in outcome) {
    const message =
      outcome.network === "timeout"
        ? "The server took too long to answer."
        : "The server could not be reached. Check your connection.";
    return new ApiError(message, { code: "NETWORK_ERROR", status: 0, correlationId: "" });
  }
  return new ApiError(
    envelope?.error?.message ?? "The server gave an answer this page cannot read.",
    {
      code: envelope?.error?.code ?? "INTERNAL_ERROR",
      status: outcome.status,
      correlationId: envelope?.metadata?.correlationId ?? "",
    },
  );
}

const segment = encodeURIComponent;

/** The calls this page makes. Each throws ApiError when it fails. */
export const api = {
  previewLink: (token: string) =>
    send<LinkPreview>({ method: "GET", path: "/v1/sessions/current", bearer: token }),
  openSession: (token: string) =>
    send<Session>({ method: "POST", path: "/v1/sessions/browser", body: { token } }),
  currentSession: () => send<Session>({ method: "GET", path: "/v1/sessions/current" }),
  closeSession: () => send<unknown>({ method: "DELETE", path: "/v1/sessions/current" }),
  providers: () =>
    send<{ providers: Provider[] }>({ method: "GET", path: "/v1/providers" }).then(
      (reply) => reply.providers,
    ),
  connections: (cursor: string | null) =>
    send<ConnectionPage>({
      method: "GET",
      path: cursor ? `/v1/connections?cursor=${segment(cursor)}` : "/v1/connections",
    }),
  connect: (provider: string) =>
    send<StartedConnect>({
      method: "POST",
      path: `/v1/connect/${segment(provider)}`,
      body: { redirectUrl: "/" },
    }),
  refresh: (id: string) =>
    send<{ connection: Connection }>({
      method: "POST",
      path: `/v1/connections/${segment(id)}/refresh`,
      body: { force: true },
    }).then((reply) => reply.connection),
  disconnect: (id: string) =>
    send<Disconnected>({ method: "DELETE", path: `/v1/connections/${segment(id)}` }),
};
