import type { ReactNode } from "react";
import { Icon } from "./icon";

const icons = { good: "check", warn: "warning", bad: "warning", quiet: "info" } as const;

interface NoticeProps {
  tone: keyof typeof icons;
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

/** A message that stays in the page above the list. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon name={icons[tone]} />
      <div className="notice-body">
        <p className="notice-title">{title}</p>
        <p>{children}</p>
      </div>
      {actions && <div className="notice-actions">{actions}</div>}
    </div>
  );
}
