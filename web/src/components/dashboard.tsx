import { useCallback, useRef } from "react";
import { useConnect } from "../hooks/use-connect";
import { useConnections } from "../hooks/use-connections";
import { useEngine } from "../hooks/use-engine";
import { useProviders } from "../hooks/use-providers";
import type { Provider } from "../records";
import type { Returned } from "../returned";
import { ConnectionsPanel } from "./connections-panel";
import { EngineNotice } from "./engine-notice";
import { ProviderPicker } from "./provider-picker";
import { ReturnNotice } from "./return-notice";

/** What a signed-in person sees. */
export function Dashboard({ returned, lost }: { returned: Returned | null; lost: () => void }) {
  const engine = useEngine();
  const tenon = engine.phase === "ready" ? engine.tenon : null;
  const providers = useProviders(lost);
  const connections = useConnections(lost);
  const connecting = useConnect(lost);
  const heading = useRef<HTMLHeadingElement>(null);

  const known: Provider[] = providers.state.phase === "ready" ? providers.state.providers : [];
  const nameOf = (id: string) => known.find((provider) => provider.id === id)?.displayName ?? id;
  const focusHeading = useCallback(() => heading.current?.focus(), []);

  return (
    <>
      {engine.phase === "failed" && <EngineNotice />}
      {returned && <ReturnNotice returned={returned} nameOf={nameOf} connecting={connecting} />}
      <ConnectionsPanel
        heading={heading}
        connections={connections}
        row={{ tenon, nameOf, connecting, lost, afterDisconnect: focusHeading }}
      />
      <ProviderPicker providers={providers} connecting={connecting} />
    </>
  );
}
