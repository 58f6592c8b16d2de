import { useCallback, useState } from "react";
import { api } from "../api";
import { asApiError, isSignedOut } from "../api-error";
import type { Connection } from "../records";
import { useAnnouncer } from "./use-announcer";
import type { ConnectionsControl } from "./use-connections";

const afterwards = {
  done: "Access was revoked at the provider.",
  queued: "The provider is being told; access there ends shortly.",
  unsupported: "This provider offers no way to revoke access: remove it in your account there.",
} as const;

export interface RowActions {
  refreshing: boolean;
  disconnecting: boolean;
  refresh: () => Promise<void>;
  /** Gives true when the connection is gone. */
  disconnect: () => Promise<boolean>;
}

/** useRowActions does what the buttons of one connection ask for and says how it went. */
export function useRowActions(
  connection: Connection,
  label: string,
  list: Pick<ConnectionsControl, "reload" | "replace"> & { lost: () => void },
): RowActions {
  const [refreshing, setRefreshing] = useState(false);
  const [disconnecting, setDisconnecting] = useState(false);
  const { announce } = useAnnouncer();
  const { lost, reload, replace } = list;

  const failed = useCallback(
    (error: unknown, what: string) => {
      if (isSignedOut(error)) lost();
      else announce("bad", `${what}: ${asApiError(error).message}`);
    },
    [announce, lost],
  );

  const refresh = useCallback(async () => {
    setRefreshing(true);
    try {
      const fresh = await api.refresh(connection.id);
      replace(fresh);
      if (fresh.status !== connection.status) void reload();
      announce("good", `${label} has a fresh access token.`);
    } catch (error) {
      failed(error, `${label} could not be refreshed`);
      await reload();
    } finally {
      setRefreshing(false);
    }
  }, [announce, connection, failed, label, reload, replace]);

  const disconnect = useCallback(async () => {
    setDisconnecting(true);
    try {
      const { revocation } = await api.disconnect(connection.id);
      announce("good", `${label} is disconnected. ${afterwards[revocation] ?? ""}`.trim());
    } catch (error) {
      failed(error, `${label} could not be disconnected`);
      setDisconnecting(false);
      return false;
    }
    await reload();
    return true;
  }, [announce, connection.id, failed, label, reload]);

  return { refreshing, disconnecting, refresh, disconnect };
}
