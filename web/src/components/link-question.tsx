import { useEffect, useRef } from "react";
import type { LinkPreview } from "../records";
import { Button } from "./button";

interface LinkQuestionProps {
  preview: LinkPreview;
  accept: () => void;
  decline: () => void;
}

/** Asks before a sign-in link takes effect: it may come from somebody who wants this person to
 * connect accounts to a session that is not theirs. */
export function LinkQuestion({ preview, accept, decline }: LinkQuestionProps) {
  const { userId, organizationId, standing } = preview;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);

  const proceed = () => {
    // The button goes away; what comes in its place is in here.
    document.getElementById("main")?.focus();
    accept();
  };
  return (
    <div className="narrow">
      <h1>Sign in with this link?</h1>
      <p className="lead">
        {standing && (
          <>
            You are signed in as <strong>{standing.userId}</strong>. This link ends that session and
            signs you in anew.{" "}
          </>
        )}
        It signs this browser in as <strong>{userId}</strong>
        {organizationId !== "default" && <> of {organizationId}</>}. Go on only if that is you and
        you asked for the link.
      </p>
      <div className="link-question-actions">
        <Button ref={button} tone="primary" onPress={proceed}>
          Sign in
        </Button>
        {standing && <Button onPress={decline}>Stay as {standing.userId}</Button>}
      </div>
    </div>
  );
}
