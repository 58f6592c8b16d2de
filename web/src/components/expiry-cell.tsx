import type { Tenon } from "tenon";
import { clockNow } from "../clock";
import { formatMoment } from "../duration";
import { viewExpiry } from "../expiry";
import { useClock } from "../hooks/use-clock";
import type { Connection } from "../records";

/** When the access token runs out; it counts down while the module is there. */
export function ExpiryCell({ tenon, connection }: { tenon: Tenon | null; connection: Connection }) {
  if (tenon) return <Countdown tenon={tenon} connection={connection} />;
  const { expiresAt } = connection;
  return <span className="expiry-lead">{expiresAt ? formatMoment(expiresAt) : "No expiry"}</span>;
}

function Countdown({ tenon, connection }: { tenon: Tenon; connection: Connection }) {
  useClock((now) => {
    const view = viewExpiry(tenon, connection, now);
    return `${view.lead} ${view.countdown}`;
  });
  const { tone, lead, countdown, hint, share } = viewExpiry(tenon, connection, clockNow());
  return (
    <div className={`expiry expiry-${tone}`}>
      <span className="expiry-lead">
        {lead}
        {countdown && connection.expiresAt && (
          <>
            {" "}
            <time
              className="expiry-time"
              dateTime={connection.expiresAt}
              title={formatMoment(connection.expiresAt)}
            >
              {countdown}
            </time>
          </>
        )}
      </span>
      {share !== null && share > 0 && (
        <progress className="life" max={1000} value={Math.round(share * 1000)} aria-hidden="true" />
      )}
      <span className="cell-note">{hint}</span>
    </div>
  );
}
