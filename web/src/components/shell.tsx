import type { ReactNode } from "react";
import { asApiError } from "../api-error";
import { useAnnouncer } from "../hooks/use-announcer";
import type { SessionControl } from "../hooks/use-session";
import markUrl from "../mark.svg";
import { Button } from "./button";
import { ToastRegion } from "./toast-region";

/** The frame around every state of the page: skip link, head, main part, messages. */
export function Shell({ control, children }: { control: SessionControl; children: ReactNode }) {
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="top-bar">
        <div className="top-bar-inner">
          <p className="product">
            <img src={markUrl} alt="" width="26" height="26" />
            tenon
          </p>
          <Account control={control} />
        </div>
      </header>
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
      <ToastRegion />
    </>
  );
}

function Account({ control }: { control: SessionControl }) {
  const { announce } = useAnnouncer();
  if (control.state.phase !== "signed-in") return null;
  const { userId, organizationId } = control.state.session;
  const signOut = () => {
    control.signOut().catch((error) => announce("bad", asApiError(error).message));
  };
  return (
    <div className="who">
      <p className="who-name">
        <span className="hidden">Signed in as </span>
        <strong>{userId}</strong>
        {organizationId !== "default" && <span className="who-organization">{organizationId}</span>}
      </p>
      <Button tone="quiet" onPress={signOut}>
        Sign out
      </Button>
    </div>
  );
}
