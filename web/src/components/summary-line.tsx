import type { ConnectionSummary } from "../records";

/** The counts over the whole list, also of what is on further pages. */
export function SummaryLine({ summary }: { summary: ConnectionSummary }) {
  const attention = summary.expired + summary.error;
  return (
    <p className="summary">
      <span>
        <strong>{summary.connected}</strong> connected
      </span>
      {attention > 0 && (
        <span className="summary-attention">
          <strong>{attention}</strong> {attention === 1 ? "needs" : "need"} attention
        </span>
      )}
    </p>
  );
}
