import { Icon } from "./icon";

export function EmptyState() {
  return (
    <div className="panel panel-message">
      <span className="panel-sign">
        <Icon name="link" />
      </span>
      <h2>Nothing is connected yet</h2>
      <p>
        Choose a provider below. You sign in there, see what is asked for, and come back here when
        you agree. You can end a connection at any time.
      </p>
    </div>
  );
}
