import type { Connecting } from "../hooks/use-connect";
import type { useProviders } from "../hooks/use-providers";
import type { Provider } from "../records";
import { ErrorPanel } from "./error-panel";
import { Icon } from "./icon";
import { Monogram } from "./monogram";

interface ProviderPickerProps {
  providers: ReturnType<typeof useProviders>;
  connecting: Connecting;
}

export function ProviderPicker({ providers, connecting }: ProviderPickerProps) {
  return (
    <section aria-labelledby="connect-heading">
      <div className="section-head">
        <h2 id="connect-heading">Connect an account</h2>
      </div>
      <Choices providers={providers} connecting={connecting} />
    </section>
  );
}

function Choices({ providers, connecting }: ProviderPickerProps) {
  const { state, reload } = providers;
  switch (state.phase) {
    case "loading":
      return (
        <div className="provider-grid" role="status" aria-busy="true">
          <span className="hidden">Reading the providers…</span>
          <span className="provider bone" aria-hidden="true" />
          <span className="provider bone" aria-hidden="true" />
        </div>
      );
    case "failed":
      return (
        <ErrorPanel title="The providers could not be read" error={state.error} retry={reload} />
      );
    case "ready":
      return state.providers.length === 0 ? (
        <p className="panel panel-padded">
          No provider is set up on this server yet. Whoever runs it names them in its configuration.
        </p>
      ) : (
        <ul className="provider-grid">
          {state.providers.map((provider) => (
            <li key={provider.id}>
              <Choice provider={provider} connecting={connecting} />
            </li>
          ))}
        </ul>
      );
  }
}

function Choice({ provider, connecting }: { provider: Provider; connecting: Connecting }) {
  const busy = connecting.opening === provider.id;
  return (
    <button
      type="button"
      className={`provider${busy ? " is-busy" : ""}`}
      aria-disabled={connecting.opening !== null || undefined}
      onClick={() => {
        if (connecting.opening === null) void connecting.connect(provider.id);
      }}
    >
      <Monogram id={provider.id} name={provider.displayName} />
      <span className="provider-name">
        <span className="hidden">Connect </span>
        {provider.displayName}
      </span>
      <span className="provider-hint" aria-hidden="true">
        {busy ? "Opening…" : "Connect"}
      </span>
      <Icon name={busy ? "refresh" : "plus"} />
    </button>
  );
}
