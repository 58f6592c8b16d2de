import type { ApiError } from "../api-error";
import { Button } from "./button";
import { Icon } from "./icon";

interface ErrorPanelProps {
  title: string;
  error: ApiError;
  retry: () => void;
}

/** What stands in a place whose content could not be read. */
export function ErrorPanel({ title, error, retry }: ErrorPanelProps) {
  return (
    <div className="panel panel-message" role="alert">
      <span className="panel-sign panel-sign-bad">
        <Icon name="warning" />
      </span>
      <h2>{title}</h2>
      <p>{error.message}</p>
      <Button tone="primary" icon="refresh" onPress={retry}>
        Try again
      </Button>
      {error.correlationId && (
        <p className="fine-print">
          Reference for support: <code>{error.correlationId}</code>
        </p>
      )}
    </div>
  );
}
