import type { Access } from "./auth.ts";
import type { AppContext } from "./context.ts";
import { refreshConnections } from "./routes/batch-refresh.ts";
import { callback, postedCallback } from "./routes/callback.ts";
import { connect } from "./routes/connect.ts";
import {
  disconnectConnection,
  listConnections,
  readConnection,
  refreshConnection,
} from "./routes/connections.ts";
import { health, ready } from "./routes/health.ts";
import { listProviders } from "./routes/providers.ts";
import {
  createSession,
  currentSession,
  endSession,
  startBrowserSession,
} from "./routes/sessions.ts";
import { handOutToken } from "./routes/token.ts";

export interface Route {
  method: "GET" | "POST" | "DELETE";
  path: string;
  access: Access;
  run: (context: AppContext) => Response | Promise<Response>;
}

const noData = { open: "tells that the worker runs, and nothing else" };
const stateDecides = { open: "the state and the browser's cookie are the credential" };
const tokenDecides = { open: "the handed token in the body is the credential" };
const readers = { scope: "connections:read", session: true } as const;
const writers = { scope: "connections:write", session: true } as const;
const tokenReaders = { scope: "tokens:read", session: false } as const;
const sessionMakers = { scope: "sessions:write", session: false } as const;

/** routes is the whole surface: what is not listed does not exist, and what is not open asks for
 * a credential before anything else happens. */
export const routes: readonly Route[] = [
  { method: "GET", path: "/health", access: noData, run: health },
  { method: "GET", path: "/ready", access: noData, run: ready },
  { method: "GET", path: "/v1/providers", access: readers, run: listProviders },
  { method: "POST", path: "/v1/connect/:provider", access: writers, run: connect },
  { method: "GET", path: "/v1/callback/:provider", access: stateDecides, run: callback },
  { method: "POST", path: "/v1/callback/:provider", access: stateDecides, run: postedCallback },
  { method: "GET", path: "/v1/connections", access: readers, run: listConnections },
  { method: "POST", path: "/v1/connections/refresh", access: writers, run: refreshConnections },
  { method: "GET", path: "/v1/connections/:id", access: readers, run: readConnection },
  { method: "DELETE", path: "/v1/connections/:id", access: writers, run: disconnectConnection },
  { method: "POST", path: "/v1/connections/:id/refresh", access: writers, run: refreshConnection },
  { method: "GET", path: "/v1/connections/:id/token", access: tokenReaders, run: handOutToken },
  { method: "POST", path: "/v1/sessions", access: sessionMakers, run: createSession },
  { method: "POST", path: "/v1/sessions/browser", access: tokenDecides, run: startBrowserSession },
  { method: "GET", path: "/v1/sessions/current", access: readers, run: currentSession },
  { method: "DELETE", path: "/v1/sessions/current", access: writers, run: endSession },
];
