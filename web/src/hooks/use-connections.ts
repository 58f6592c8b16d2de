import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api";
import { type ApiError, asApiError, isSignedOut } from "../api-error";
import { clockNow } from "../clock";
import type { Connection, ConnectionPage } from "../records";

const staleMs = 30_000;
const afterExpiryMs = 3_000;
const timerMsMax = 2 ** 31 - 1;

export type ConnectionsState =
  | { phase: "loading" }
  | { phase: "ready"; page: ConnectionPage }
  | { phase: "failed"; error: ApiError };

export interface ConnectionsControl {
  state: ConnectionsState;
  reload: () => Promise<void>;
  more: () => Promise<void>;
  /** Puts a newer record of one connection into the list. */
  replace: (connection: Connection) => void;
}

function shown(page: ConnectionPage): ConnectionPage {
  return {
    ...page,
    connections: page.connections.filter((connection) => connection.status !== "disconnected"),
  };
}

/** msToNextExpiry is the wait until the next token of the list has run out; null when none will. */
function msToNextExpiry(page: ConnectionPage): number | null {
  const waits = page.connections
    .map((connection) => Date.parse(connection.expiresAt ?? "") - clockNow())
    .filter((wait) => wait > 0);
  return waits.length === 0 ? null : Math.min(...waits, timerMsMax - afterExpiryMs);
}

/**
 * useConnections reads the list; again when the page is looked at after a while, and when a token
 * has run out, because the worker may have renewed it meanwhile. A failed re-read leaves the list
 * that is on screen; `lost` is called when the session is gone.
 */
export function useConnections(lost: () => void): ConnectionsControl {
  const [state, setState] = useState<ConnectionsState>({ phase: "loading" });
  const latest = useRef(0);
  const readAt = useRef(0);

  const reload = useCallback(async () => {
    latest.current += 1;
    const mine = latest.current;
    readAt.current = Date.now();
    setState((before) => (before.phase === "ready" ? before : { phase: "loading" }));
    try {
      const page = shown(await api.connections(null));
      if (mine === latest.current) setState({ phase: "ready", page });
    } catch (error) {
      if (mine !== latest.current) return;
      if (isSignedOut(error)) return lost();
      const failed = { phase: "failed", error: asApiError(error) } as const;
      setState((before) => (before.phase === "ready" ? before : failed));
    }
  }, [lost]);

  const more = useCallback(async () => {
    if (state.phase !== "ready" || state.page.nextCursor === null) return;
    const next = shown(await api.connections(state.page.nextCursor));
    const connections = [...state.page.connections, ...next.connections];
    setState({ phase: "ready", page: { ...next, connections, summary: state.page.summary } });
  }, [state]);

  const replace = useCallback((connection: Connection) => {
    setState((before) => (before.phase === "ready" ? withRecord(before, connection) : before));
  }, []);

  useEffect(() => {
    void reload();
    const look = () => {
      if (!document.hidden && Date.now() - readAt.current > staleMs) void reload();
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [reload]);

  useEffect(() => {
    const wait = state.phase === "ready" ? msToNextExpiry(state.page) : null;
    if (wait === null) return;
    const timer = setTimeout(reload, wait + afterExpiryMs);
    return () => clearTimeout(timer);
  }, [state, reload]);

  return { state, reload, more, replace };
}

function withRecord(
  before: { phase: "ready"; page: ConnectionPage },
  connection: Connection,
): ConnectionsState {
  const connections = before.page.connections.map((known) =>
    known.id === connection.id ? connection : known,
  );
  return { phase: "ready", page: { ...before.page, connections } };
}
