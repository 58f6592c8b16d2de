import { useCallback, useEffect, useState } from "react";
import { api } from "../api";
import { type ApiError, asApiError, isSignedOut } from "../api-error";
import type { LinkPreview, Session } from "../records";
import { takeSessionToken } from "../session-link";

export type SignedOutReason = "none" | "ended" | "left" | "link_refused";

export type SessionState =
  | { phase: "checking" }
  | { phase: "asking"; token: string; preview: LinkPreview }
  | { phase: "signed-in"; session: Session }
  | { phase: "signed-out"; reason: SignedOutReason }
  | { phase: "failed"; error: ApiError };

export interface SessionControl {
  state: SessionState;
  /** Called when any call was answered with 401. */
  lost: () => void;
  signOut: () => Promise<void>;
  /** Answers the question that a sign-in link raises. */
  acceptLink: () => void;
  declineLink: () => void;
  retry: () => void;
}

// Anybody can make a link to his own session and have others open it, so a link alone changes
// nothing: the page says whom it signs in, and waits for a press.
async function establish(token: string | null): Promise<SessionState> {
  try {
    if (token === null) return { phase: "signed-in", session: await api.currentSession() };
    return { phase: "asking", token, preview: await api.previewLink(token) };
  } catch (error) {
    if (token !== null) return refused(error);
    if (isSignedOut(error)) return { phase: "signed-out", reason: "none" };
    return { phase: "failed", error: asApiError(error) };
  }
}

async function trade(token: string): Promise<SessionState> {
  try {
    return { phase: "signed-in", session: await api.openSession(token) };
  } catch (error) {
    return refused(error);
  }
}

/** A link that was refused leaves a session that already stands in force. */
async function refused(error: unknown): Promise<SessionState> {
  const failure = asApiError(error);
  if (failure.status === 0 || failure.status >= 500) return { phase: "failed", error: failure };
  const standing = await establish(null);
  return standing.phase === "signed-in"
    ? standing
    : { phase: "signed-out", reason: "link_refused" };
}

/** useSession asks about the link in the address, or goes on with the session of the cookie. */
export function useSession(handed: string | null): SessionControl {
  const [state, setState] = useState<SessionState>({ phase: "checking" });
  const [token, setToken] = useState(handed);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again.
  useEffect(() => {
    let current = true;
    setState({ phase: "checking" });
    establish(token).then((next) => {
      if (current) setState(next);
    });
    return () => {
      current = false;
    };
  }, [token, attempt]);

  useEffect(() => {
    const follow = () => {
      const next = takeSessionToken();
      if (next === null) return;
      setToken(next);
      setAttempt((count) => count + 1);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  const lost = useCallback(() => setState({ phase: "signed-out", reason: "ended" }), []);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const signOut = useCallback(async () => {
    try {
      await api.closeSession();
    } catch (error) {
      if (!isSignedOut(error)) throw error;
    }
    setState({ phase: "signed-out", reason: "left" });
  }, []);
  const acceptLink = useCallback(() => {
    if (state.phase !== "asking") return;
    setState({ phase: "checking" });
    trade(state.token).then(setState);
  }, [state]);
  const declineLink = useCallback(() => setToken(null), []);
  return { state, lost, signOut, retry, acceptLink, declineLink };
}
