import { useCallback, useEffect, useState } from "react";
import { api } from "../api";
import { type ApiError, asApiError, isSignedOut } from "../api-error";
import type { Provider } from "../records";

export type ProvidersState =
  | { phase: "loading" }
  | { phase: "ready"; providers: Provider[] }
  | { phase: "failed"; error: ApiError };

/** useProviders reads the providers that this deployment has set up. */
export function useProviders(lost: () => void): { state: ProvidersState; reload: () => void } {
  const [state, setState] = useState<ProvidersState>({ phase: "loading" });
  const reload = useCallback(async () => {
    setState({ phase: "loading" });
    try {
      setState({ phase: "ready", providers: await api.providers() });
    } catch (error) {
      if (isSignedOut(error)) return lost();
      setState({ phase: "failed", error: asApiError(error) });
    }
  }, [lost]);
  useEffect(() => {
    void reload();
  }, [reload]);
  return { state, reload };
}
