import type { Tone } from "../expiry";
import type { Connection } from "../records";
import { Icon, type IconName } from "./icon";

export interface Badge {
  tone: Tone;
  icon: IconName;
  text: string;
  detail: string;
  /** Whether only the person can make it work again. */
  needsPerson: boolean;
}

/** badgeOf joins what the worker recorded with what the clock says; `spent` is the core's verdict. */
export function badgeOf(connection: Connection, spent: boolean): Badge {
  switch (connection.status) {
    case "connected":
      return spent
        ? { tone: "bad", icon: "clock", text: "Expired", detail: "", needsPerson: true }
        : { tone: "good", icon: "check", text: "Connected", detail: "", needsPerson: false };
    case "expired":
      return {
        tone: "bad",
        icon: "clock",
        text: "Expired",
        detail: explainReason(connection.reason),
        needsPerson: true,
      };
    case "error":
      return {
        tone: "bad",
        icon: "warning",
        text: "Failing",
        detail: explainReason(connection.reason),
        needsPerson: false,
      };
    case "inactive":
      return { tone: "quiet", icon: "pause", text: "Paused", detail: "", needsPerson: false };
    case "disconnected":
      return { tone: "quiet", icon: "unlink", text: "Disconnected", detail: "", needsPerson: true };
  }
}

export function StatusBadge({ badge }: { badge: Badge }) {
  return (
    <>
      <span className={`badge badge-${badge.tone}`}>
        <Icon name={badge.icon} />
        {badge.text}
      </span>
      {badge.detail && <span className="cell-note">{badge.detail}</span>}
    </>
  );
}

const reasons: Record<string, string> = {
  grant_revoked: "The provider has ended this access.",
  lost_rotation: "A renewal was lost on the way, so this access has ended.",
  token_ran_out: "This access has run out and cannot be renewed.",
};

function explainReason(reason: string | null): string {
  if (reason === null) return "";
  return Object.hasOwn(reasons, reason) ? (reasons[reason] as string) : reason.replaceAll("_", " ");
}
