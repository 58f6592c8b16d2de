import { useEffect, useState } from "react";
import { type Toast, useAnnouncer } from "../hooks/use-announcer";
import { Icon } from "./icon";

const shownMs = 8_000;
const icons = { good: "check", bad: "warning", quiet: "info" } as const;

/** The live region: it is always in the page, so that what is put into it is read out. */
export function ToastRegion() {
  const { toasts, dismiss } = useAnnouncer();
  return (
    <section className="toasts" aria-label="Messages">
      <div role="status" aria-live="polite">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} dismiss={dismiss} />
        ))}
      </div>
    </section>
  );
}

/** Good news leaves by itself, unless someone is on it; bad news stays until it is sent away. */
function ToastCard({ toast, dismiss }: { toast: Toast; dismiss: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  const { id, tone, text } = toast;
  useEffect(() => {
    if (held || tone === "bad") return;
    const timer = setTimeout(() => dismiss(id), shownMs);
    return () => clearTimeout(timer);
  }, [held, tone, id, dismiss]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only holds the timer.
    <div
      className={`toast toast-${tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={icons[tone]} />
      <p>{text}</p>
      <button
        type="button"
        className="button button-icon"
        aria-label="Dismiss message"
        onClick={() => dismiss(id)}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}
