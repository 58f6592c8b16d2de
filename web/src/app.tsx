import { Dashboard } from "./components/dashboard";
import { ErrorPanel } from "./components/error-panel";
import { LinkQuestion } from "./components/link-question";
import { Shell } from "./components/shell";
import { SignedOut } from "./components/signed-out";
import { SkeletonList } from "./components/skeleton-list";
import { AnnouncerContext, useAnnouncerState } from "./hooks/use-announcer";
import { type SessionControl, useSession } from "./hooks/use-session";
import type { Returned } from "./returned";

interface AppProps {
  handedToken: string | null;
  returned: Returned | null;
}

export function App({ handedToken, returned }: AppProps) {
  const announcer = useAnnouncerState();
  const control = useSession(handedToken);
  return (
    <AnnouncerContext value={announcer}>
      <Shell control={control}>
        <Page control={control} returned={returned} />
      </Shell>
    </AnnouncerContext>
  );
}

function Page({ control, returned }: { control: SessionControl; returned: Returned | null }) {
  const { state, lost, retry, acceptLink, declineLink } = control;
  switch (state.phase) {
    case "checking":
      return <SkeletonList label="Checking your session" />;
    case "asking":
      return (
        <LinkQuestion
          key={state.token}
          preview={state.preview}
          accept={acceptLink}
          decline={declineLink}
        />
      );
    case "signed-out":
      return <SignedOut reason={state.reason} />;
    case "failed":
      return (
        <ErrorPanel title="Your session could not be checked" error={state.error} retry={retry} />
      );
    case "signed-in":
      return <Dashboard returned={returned} lost={lost} />;
  }
}
