import type { ReactNode, Ref } from "react";
import { Icon, type IconName } from "./icon";

interface ButtonProps {
  children: ReactNode;
  onPress: () => void;
  tone?: "primary" | "plain" | "quiet" | "danger";
  icon?: IconName;
  /** The accessible name where the visible words do not say which row is meant. */
  label?: string;
  /** Waiting keeps the focus where it is; presses are passed over. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ children, onPress, tone = "plain", icon, label, busy, ref }: ButtonProps) {
  return (
    <button
      ref={ref}
      type="button"
      className={`button button-${tone}${busy ? " is-busy" : ""}`}
      aria-label={label}
      aria-disabled={busy || undefined}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}
