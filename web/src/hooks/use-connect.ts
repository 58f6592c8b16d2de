import { useCallback, useEffect, useState } from "react";
import { api } from "../api";
import { asApiError, isSignedOut } from "../api-error";
import { beginConnect } from "../begin-connect";
import { engine } from "../engine";
import { useAnnouncer } from "./use-announcer";

export interface Connecting {
  /** The provider whose sign-in page is being opened, or null. */
  opening: string | null;
  connect: (provider: string) => Promise<void>;
}

/** useConnect starts a connect and leaves for the provider; one at a time in one tab. */
export function useConnect(lost: () => void): Connecting {
  const [opening, setOpening] = useState<string | null>(null);
  const { announce } = useAnnouncer();

  const connect = useCallback(
    async (provider: string) => {
      setOpening(provider);
      try {
        const [tenon, started] = await Promise.all([engine, api.connect(provider)]);
        location.assign(beginConnect(tenon, provider, started));
      } catch (error) {
        setOpening(null);
        if (isSignedOut(error)) return lost();
        announce("bad", asApiError(error).message);
      }
    },
    [announce, lost],
  );

  // Coming back with the browser's Back button shows this very page again, still waiting.
  useEffect(() => {
    const shownAgain = (event: PageTransitionEvent) => {
      if (event.persisted) setOpening(null);
    };
    addEventListener("pageshow", shownAgain);
    return () => removeEventListener("pageshow", shownAgain);
  }, []);

  return { opening, connect };
}
