import { createContext, useCallback, useContext, useMemo, useRef, useState } from "react";

export interface Toast {
  id: number;
  tone: "good" | "bad" | "quiet";
  text: string;
}

export interface Announcer {
  toasts: Toast[];
  announce: (tone: Toast["tone"], text: string) => void;
  dismiss: (id: number) => void;
}

const toastsMax = 3;

export const AnnouncerContext = createContext<Announcer | null>(null);

/** useAnnouncerState keeps the messages that are on screen, the newest last. */
export function useAnnouncerState(): Announcer {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const lastId = useRef(0);
  const announce = useCallback((tone: Toast["tone"], text: string) => {
    lastId.current += 1;
    const toast = { id: lastId.current, tone, text };
    setToasts((shown) => [...shown, toast].slice(-toastsMax));
  }, []);
  const dismiss = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  return useMemo(() => ({ toasts, announce, dismiss }), [toasts, announce, dismiss]);
}

/** useAnnouncer gives the announcer of the page around it. */
export function useAnnouncer(): Announcer {
  const announcer = useContext(AnnouncerContext);
  if (!announcer) throw new Error("useAnnouncer needs an AnnouncerContext around it");
  return announcer;
}
