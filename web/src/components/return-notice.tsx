import { useState } from "react";
import type { Connecting } from "../hooks/use-connect";
import { explainFailure, type Returned } from "../returned";
import { Button } from "./button";
import { Notice } from "./notice";

interface ReturnNoticeProps {
  returned: Returned;
  nameOf: (provider: string) => string;
  connecting: Connecting;
}

/** How the connect that brought the person back here ended. */
export function ReturnNotice({ returned, nameOf, connecting }: ReturnNoticeProps) {
  const [open, setOpen] = useState(true);
  if (!open) return null;
  const dismiss = (
    <Button tone="quiet" onPress={() => setOpen(false)}>
      Dismiss
    </Button>
  );
  if (returned.kind === "unknown") {
    return (
      <Notice tone="quiet" title="A connection attempt ended" actions={dismiss}>
        It was not begun in this tab, so this page cannot say how it went. The list below shows what
        is connected now.
      </Notice>
    );
  }
  const name = nameOf(returned.provider);
  if (returned.kind === "connected") {
    return (
      <Notice tone="good" title={`${name} is connected`} actions={dismiss}>
        It is listed below, where you can end it at any time.
      </Notice>
    );
  }
  if (returned.kind === "unfinished") {
    return (
      <Notice tone="quiet" title={`${name} is nearly connected`} actions={dismiss}>
        Access was granted, but {name} could not say which account it is for. We keep asking; the
        connection appears below as soon as it answers. There is nothing you need to do.
      </Notice>
    );
  }
  const again = (
    <Button
      onPress={() => connecting.connect(returned.provider)}
      busy={connecting.opening === returned.provider}
    >
      Try again
    </Button>
  );
  return (
    <Notice
      tone="bad"
      title={`${name} was not connected`}
      actions={
        <>
          {again}
          {dismiss}
        </>
      }
    >
      {explainFailure(returned.code)}
    </Notice>
  );
}
