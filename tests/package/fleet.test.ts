import { setTimeout as wait } from "node:timers/promises";
import { createMemoryStorage } from "tenon/hosts/memory";
import { createIntegrations, type Integrations, type Storage } from "tenon/service";
import { describe, expect, it } from "vitest";
import { createFakeProvider, type FakeProvider, provider } from "./fake-provider.ts";
import { begin, cookieOf, keys } from "./service-bench.ts";

const instancesCount = 4;
const callersCount = 1000;
const lifetimeMs = 3_600_000;

interface Fleet {
  instances: Integrations[];
  peer: FakeProvider;
  clock: { now: number };
  connectionId: string;
}

/** slow makes a store answer later and out of turn, so that instances meet between its calls. */
function slow(storage: Storage): Storage {
  let calls = 0;
  const after = async <T>(step: () => Promise<T>): Promise<T> => {
    calls += 1;
    await wait((calls * 7) % 5);
    return step();
  };
  return {
    get: (wanted) => after(() => storage.get(wanted)),
    list: (range) => after(() => storage.list(range)),
    commit: (batch) => after(() => storage.commit(batch)),
  };
}

async function openFleet(): Promise<Fleet> {
  const peer = createFakeProvider(lifetimeMs / 1000);
  const clock = { now: begin };
  const now = (): number => clock.now;
  const storage = slow(createMemoryStorage({ now }));
  const open = (): Promise<Integrations> =>
    createIntegrations({
      storage,
      keys,
      providers: [provider],
      fetch: async (...request) => {
        await wait(20);
        return peer.fetch(...request);
      },
      now,
      // The clock stands still: a lease never ends while somebody waits for it.
      sleep: async () => wait(5),
      wake: () => undefined,
    });
  const instances = await Promise.all(Array.from({ length: instancesCount }, open));
  const [first] = instances;
  if (!first) throw new Error("no instance");
  const started = await first.initiateOAuthFlow({ provider: "practice", userId: "user-1" });
  const query = peer.consent(started.authUrl);
  const cookie = cookieOf(started);
  const done = await first.handleOAuthCallback({ provider: "practice", query, cookie });
  return { instances, peer, clock, connectionId: done.connection?.id ?? "" };
}

describe("several instances over one store", () => {
  it("[R37] spend one request per generation for 4 × 1,000 callers", async () => {
    const { instances, peer, clock, connectionId } = await openFleet();
    // Two ways to ask for the same token: what instances share in memory does not cover both.
    const questions = [{ userId: "user-1", provider: "practice" }, { connectionId }];
    const seen: string[] = [];
    for (let generation = 1; generation <= 5; generation += 1) {
      clock.now += lifetimeMs + 1;
      peer.requests.length = 0;
      const calls = instances.flatMap((instance) =>
        Array.from({ length: callersCount }, (_, caller) =>
          instance.getAccessToken(questions[caller % 2] ?? {}),
        ),
      );
      const tokens = new Set(await Promise.all(calls));
      expect(peer.requests, `generation ${generation}`).toEqual(["POST /token"]);
      expect(tokens.size).toBe(1);
      seen.push(...tokens);
    }
    expect(new Set(seen).size).toBe(5);
    for (const instance of instances) instance.close();
  });
});
