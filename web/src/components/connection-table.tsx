import { useState } from "react";
import { asApiError, isSignedOut } from "../api-error";
import { useAnnouncer } from "../hooks/use-announcer";
import type { ConnectionsControl } from "../hooks/use-connections";
import type { ConnectionPage } from "../records";
import { Button } from "./button";
import { ConnectionRow, type RowContext } from "./connection-row";

interface ConnectionTableProps {
  page: ConnectionPage;
  list: ConnectionsControl;
  row: RowContext;
}

export function ConnectionTable({ page, list, row }: ConnectionTableProps) {
  return (
    <div className="panel">
      <table className="connections">
        <caption className="hidden">Connected accounts</caption>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Status</th>
            <th scope="col">Access granted</th>
            <th scope="col">Access token</th>
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {page.connections.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} list={list} row={row} />
          ))}
        </tbody>
      </table>
      {page.nextCursor !== null && <MoreButton list={list} lost={row.lost} />}
    </div>
  );
}

function MoreButton({ list, lost }: { list: ConnectionsControl; lost: () => void }) {
  const [busy, setBusy] = useState(false);
  const { announce } = useAnnouncer();
  const readMore = async () => {
    setBusy(true);
    try {
      await list.more();
    } catch (error) {
      if (isSignedOut(error)) return lost();
      announce("bad", asApiError(error).message);
    }
    setBusy(false);
  };
  return (
    <div className="panel-foot">
      <Button onPress={readMore} busy={busy}>
        Show more
      </Button>
    </div>
  );
}
