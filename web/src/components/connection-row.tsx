import { useRef, useState } from "react";
import type { Tenon } from "tenon";
import { needsReconnect } from "../expiry";
import { useClock } from "../hooks/use-clock";
import type { Connecting } from "../hooks/use-connect";
import type { ConnectionsControl } from "../hooks/use-connections";
import { useRowActions } from "../hooks/use-row-actions";
import type { Connection } from "../records";
import { Button } from "./button";
import { DisconnectDialog } from "./disconnect-dialog";
import { ExpiryCell } from "./expiry-cell";
import { Monogram } from "./monogram";
import { ScopeList } from "./scope-list";
import { badgeOf, StatusBadge } from "./status-badge";

/** What every row of the list shares. */
export interface RowContext {
  tenon: Tenon | null;
  nameOf: (provider: string) => string;
  connecting: Connecting;
  lost: () => void;
  /** Called when a row has gone, so that the focus does not go with it. */
  afterDisconnect: () => void;
}

interface ConnectionRowProps {
  connection: Connection;
  list: ConnectionsControl;
  row: RowContext;
}

export function ConnectionRow({ connection, list, row }: ConnectionRowProps) {
  const { tenon, nameOf } = row;
  const provider = nameOf(connection.provider);
  const account = accountText(connection);
  const spent = useClock((now) => tenon !== null && needsReconnect(tenon, connection, now));
  const badge = badgeOf(connection, spent);
  return (
    <tr>
      <th scope="row" className="cell-account">
        <div className="account">
          <Monogram id={connection.provider} name={provider} />
          <span className="account-text">
            <span className="account-provider">{provider}</span>
            <span className="account-name">{account}</span>
          </span>
        </div>
      </th>
      <td className="cell-status">
        <StatusBadge badge={badge} />
      </td>
      <td className="cell-scopes">
        <ScopeList scopes={connection.scopes} narrowed={connection.scopesNarrowed} of={provider} />
      </td>
      <td className="cell-expiry">
        <ExpiryCell tenon={tenon} connection={connection} />
      </td>
      <td className="cell-actions">
        <Actions
          connection={connection}
          label={`${provider} account ${account}`}
          needsPerson={badge.needsPerson}
          list={list}
          row={row}
        />
      </td>
    </tr>
  );
}

interface ActionsProps extends ConnectionRowProps {
  label: string;
  needsPerson: boolean;
}

function Actions({ connection, label, needsPerson, list, row }: ActionsProps) {
  const [asking, setAsking] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const actions = useRowActions(connection, label, { ...list, lost: row.lost });
  const { opening, connect } = row.connecting;

  const confirmed = async () => {
    const gone = await actions.disconnect();
    if (gone && document.activeElement === trigger.current) row.afterDisconnect();
  };
  return (
    <div className="actions">
      {!needsPerson && connection.hasRefreshToken && (
        <Button
          tone="quiet"
          label={`Refresh ${label} now`}
          busy={actions.refreshing}
          onPress={actions.refresh}
        >
          Refresh
        </Button>
      )}
      <Button
        tone={needsPerson ? "primary" : "quiet"}
        label={`Reconnect ${label}`}
        busy={opening === connection.provider}
        onPress={() => connect(connection.provider)}
      >
        Reconnect
      </Button>
      <Button
        ref={trigger}
        tone="quiet"
        label={`Disconnect ${label}`}
        busy={actions.disconnecting}
        onPress={() => setAsking(true)}
      >
        Disconnect
      </Button>
      {asking && (
        <DisconnectDialog label={label} confirm={confirmed} close={() => setAsking(false)} />
      )}
    </div>
  );
}

function accountText({ account, accountName, providerAccountId }: Connection): string {
  return (
    accountName || account.email || account.username || account.displayName || providerAccountId
  );
}
