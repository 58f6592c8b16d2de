import type { Tenon } from "tenon";
import { clockNow } from "../clock";
import { formatMoment } from "../duration";
import { type Lifetime, lifetimeOf, viewExpiry } from "../expiry";
import { useClock } from "../hooks/use-clock";
import type { Connection } from "../records";

/** When the access token runs out; it counts down while the module is there. */
export function ExpiryCell({ tenon, connection }: { tenon: Tenon | null; connection: Connection }) {
  if (tenon) return <Countdown tenon={tenon} lifetime={lifetimeOf(connection)} />;
  const { expiresAt } = connection;
  return <span className="expiry-lead">{expiresAt ? formatMoment(expiresAt) : "No expiry"}</span>;
}

function Countdown({ tenon, lifetime }: { tenon: Tenon; lifetime: Lifetime }) {
  useClock((now) => {
    const view = viewExpiry(tenon, lifetime, now);
    return `${view.lead} ${view.countdown}`;
  });
  const { tone, lead, countdown, hint, share } = viewExpiry(tenon, lifetime, clockNow());
  return (
    <div className={`expiry expiry-${tone}`}>
      <span className="expiry-lead">
        {lead}
        {countdown && lifetime.expiresAt && (
          <>
            {" "}
            <time
              className="expiry-time"
              dateTime={lifetime.expiresAt}
              title={formatMoment(lifetime.expiresAt)}
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
