import type { Ref } from "react";
import type { ConnectionsControl } from "../hooks/use-connections";
import type { RowContext } from "./connection-row";
import { ConnectionTable } from "./connection-table";
import { EmptyState } from "./empty-state";
import { ErrorPanel } from "./error-panel";
import { SkeletonList } from "./skeleton-list";
import { SummaryLine } from "./summary-line";

interface ConnectionsPanelProps {
  heading: Ref<HTMLHeadingElement>;
  connections: ConnectionsControl;
  row: RowContext;
}

export function ConnectionsPanel({ heading, connections, row }: ConnectionsPanelProps) {
  const { state } = connections;
  return (
    <section aria-labelledby="connections-heading">
      <div className="section-head">
        <h1 id="connections-heading" ref={heading} tabIndex={-1}>
          Connections
        </h1>
        {state.phase === "ready" && state.page.connections.length > 0 && (
          <SummaryLine summary={state.page.summary} />
        )}
      </div>
      <List connections={connections} row={row} />
    </section>
  );
}

function List({ connections, row }: Omit<ConnectionsPanelProps, "heading">) {
  const { state, reload } = connections;
  switch (state.phase) {
    case "loading":
      return <SkeletonList label="Reading your connections" />;
    case "failed":
      return (
        <ErrorPanel title="Your connections could not be read" error={state.error} retry={reload} />
      );
    case "ready":
      return state.page.connections.length === 0 ? (
        <EmptyState />
      ) : (
        <ConnectionTable page={state.page} list={connections} row={row} />
      );
  }
}
