import { useEffect, useId, useRef } from "react";
import { Button } from "./button";

interface DisconnectDialogProps {
  label: string;
  confirm: () => void;
  close: () => void;
}

/** Asks before a connection is ended. The browser keeps the focus inside and gives it back. */
export function DisconnectDialog({ label, confirm, close }: DisconnectDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const textId = useId();

  useEffect(() => {
    dialog.current?.showModal();
    keep.current?.focus();
  }, []);

  const dismiss = () => dialog.current?.close();
  const proceed = () => {
    dismiss();
    confirm();
  };
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      aria-describedby={textId}
      onClose={close}
    >
      <h2 id={titleId}>Disconnect {label}?</h2>
      <p id={textId}>
        Access is revoked at the provider where it allows that, and the stored tokens are erased.
        What relies on this account stops working until it is connected again.
      </p>
      <div className="dialog-actions">
        <Button ref={keep} onPress={dismiss}>
          Keep it
        </Button>
        <Button tone="danger" icon="unlink" onPress={proceed}>
          Disconnect
        </Button>
      </div>
    </dialog>
  );
}
