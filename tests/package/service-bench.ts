// A service over a fake provider and a memory store, on a clock that stands still.
import { createMemoryStorage, type MemoryStorage } from "tenon/hosts/memory";
import {
  type ConnectResult,
  createIntegrations,
  type Integrations,
  type IntegrationsOptions,
  type TenonEvent,
} from "tenon/service";
import { createFakeProvider, type FakeProvider, provider } from "./fake-provider.ts";

export const secretOf = (start: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (start + i) & 255)).toString("base64url");
export const keys = [{ id: 1, secret: secretOf(1) }];
export const begin = Date.UTC(2026, 10, 21);

export interface Bench {
  integrations: Integrations;
  peer: FakeProvider;
  storage: MemoryStorage;
  events: TenonEvent[];
  clock: { now: number };
}

export async function setUp(changes: Partial<IntegrationsOptions> = {}): Promise<Bench> {
  const peer = createFakeProvider();
  const clock = { now: begin };
  const now = (): number => clock.now;
  const storage = createMemoryStorage({ now });
  const events: TenonEvent[] = [];
  const integrations = await createIntegrations({
    storage,
    keys,
    providers: [provider],
    returnOrigins: ["https://app.example"],
    fetch: peer.fetch,
    onEvent: (event) => events.push(event),
    now,
    sleep: async (ms) => {
      clock.now += ms;
    },
    ...changes,
  });
  return { integrations, peer, storage, events, clock };
}

export const cookieOf = ({ cookie }: ConnectResult): string => `${cookie?.name}=${cookie?.value}`;

export async function start({ integrations }: Bench): Promise<ConnectResult> {
  return integrations.initiateOAuthFlow({
    provider: "practice",
    userId: "user-1",
    redirectUrl: "/done",
  });
}

export async function finish(bench: Bench, started: ConnectResult) {
  const query = bench.peer.consent(started.authUrl);
  const cookie = cookieOf(started);
  return bench.integrations.handleOAuthCallback({ provider: "practice", query, cookie });
}

export async function connect(bench: Bench) {
  return finish(bench, await start(bench));
}
