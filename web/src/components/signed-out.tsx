import { useEffect, useRef } from "react";
import type { SignedOutReason } from "../hooks/use-session";
import { Notice } from "./notice";

const request = `curl -X POST $TENON_URL/v1/sessions \\
  -H "Authorization: Bearer $TENON_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"userId": "ada"}'`;

/** How to get in: there is no password here, the application that knows the person makes a link. */
export function SignedOut({ reason }: { reason: SignedOutReason }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus went with the list.
  useEffect(() => {
    if (reason === "left" || reason === "ended") heading.current?.focus();
  }, [reason]);
  return (
    <div className="narrow">
      <Farewell reason={reason} />
      <h1 ref={heading} tabIndex={-1}>
        Sign in with a link
      </h1>
      <p className="lead">
        This page has no password of its own. Open it from the application that uses tenon, or ask
        whoever runs it for a sign-in link. A link works once, for a short time.
      </p>
      <section className="panel panel-padded" aria-labelledby="for-developers">
        <h2 id="for-developers">If you run this server</h2>
        <p>Make a link with one of your API keys, then open the address it answers with:</p>
        <pre className="code">
          <code>{request}</code>
        </pre>
      </section>
    </div>
  );
}

function Farewell({ reason }: { reason: SignedOutReason }) {
  switch (reason) {
    case "none":
      return null;
    case "left":
      return (
        <Notice tone="good" title="You are signed out">
          Your connections stay as they are.
        </Notice>
      );
    case "ended":
      return (
        <Notice tone="warn" title="Your session has ended">
          Open a new sign-in link to go on. Your connections stay as they are.
        </Notice>
      );
    case "link_refused":
      return (
        <Notice tone="bad" title="This sign-in link does not work any more">
          It was used before, or its time is over. Ask for a new one.
        </Notice>
      );
  }
}
