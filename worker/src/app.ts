import { Hono, type MiddlewareHandler } from "hono";
import { asset } from "./assets.ts";
import { type Access, authorize } from "./auth.ts";
import { configOf, SettingError } from "./config.ts";
import type { App, AppContext } from "./context.ts";
import { correlationOf } from "./correlation.ts";
import type { Env } from "./env.ts";
import { failed } from "./envelope.ts";
import { failureOf, noRoute } from "./errors.ts";
import { secure } from "./headers.ts";
import { consoleLog, describeDefect, type Log } from "./log.ts";
import { routes } from "./route-table.ts";

export interface WorkerOptions {
  /** Takes every log record; by default they go to standard output. */
  log?: Log;
}

/** EdgeWorker is what a module worker exports by default. */
export interface EdgeWorker {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response>;
}

/** createWorker gives the edge worker: export it as it is, or hand it the requests it is for. The
 * runtime must bind TENON_USER to the TenonUser class. */
export function createWorker({ log = consoleLog }: WorkerOptions = {}): EdgeWorker {
  const app = new Hono<App>();
  app.use(observe(log));
  app.use(configured);
  for (const { method, path, access, run } of routes) {
    app.on(method, path, guard(path, access), run);
  }
  app.all("/v1/*", () => {
    throw noRoute();
  });
  app.all("*", asset);
  app.onError((thrown, context) => refuse(context, thrown));
  return app;
}

// Wraps everything else: the correlation id, the headers of each answer, and one line per request.
// The line names the route's pattern, since real addresses carry codes and states.
function observe(log: Log): MiddlewareHandler<App> {
  return async (context, next) => {
    const started = Date.now();
    const correlationId = correlationOf(context.req.raw.headers);
    context.set("correlationId", correlationId);
    context.set("log", log);
    await next();
    const https = context.get("config")?.local === false;
    secure(context.res.headers, { https, correlationId });
    const { status } = context.res;
    log({
      level: status >= 500 ? "error" : "info",
      event: "request",
      method: context.req.method,
      route: context.get("pattern") ?? "*",
      status,
      durationMs: Date.now() - started,
      correlationId,
      reason: context.get("reason"),
    });
  };
}

const configured: MiddlewareHandler<App> = async (context, next) => {
  const config = configOf(context.env);
  if (config instanceof SettingError) {
    context.get("log")({ level: "error", event: "not_configured", message: config.message });
    const failure = { code: "CONFIGURATION_ERROR", message: config.message, retryable: false };
    return failed(failure, context.get("correlationId"), 503);
  }
  context.set("config", config);
  return next();
};

function guard(pattern: string, access: Access): MiddlewareHandler<App> {
  return async (context, next) => {
    context.set("pattern", pattern);
    if (!("open" in access)) context.set("principal", await authorize(context, access));
    return next();
  };
}

function refuse(context: AppContext, thrown: unknown): Response {
  const { failure, status } = failureOf(thrown);
  if (failure.code === "INTERNAL_ERROR") {
    context.get("log")({ level: "error", event: "defect", ...describeDefect(thrown) });
  }
  context.set("reason", failure.reason ?? failure.code);
  return failed(failure, context.get("correlationId"), status);
}
