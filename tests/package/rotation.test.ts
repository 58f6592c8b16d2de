// The key ring of the whole service on real WebCrypto: keys change while callers connect and refresh.
import { fileURLToPath } from "node:url";
import { createMemoryStorage, type MemoryStorage } from "tenon/hosts/memory";
import { createIntegrations, type Effect, type Integrations, type TenonEvent } from "tenon/service";
import { describe, expect, it } from "vitest";
import { createFakeProvider, type FakeProvider, provider } from "./fake-provider.ts";
import { startWorker } from "./workerd/start.ts";

const hour = 3_600_000;
const secretOf = (start: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (start + i) & 255)).toString("base64url");

interface Deployment {
  storage: MemoryStorage;
  peer: FakeProvider;
  clock: { now: number };
  events: TenonEvent[];
  // open starts an instance with these keys; the first is the one that is meant to seal.
  open(...ids: number[]): Promise<Integrations>;
}

function deploy(onEffect?: (effect: Effect) => unknown): Deployment {
  const clock = { now: Date.UTC(2026, 10, 21) };
  const now = () => clock.now;
  const storage = createMemoryStorage({ now });
  const peer = createFakeProvider();
  const events: TenonEvent[] = [];
  const open = (...ids: number[]) =>
    createIntegrations({
      storage,
      keys: ids.map((id) => ({ id, secret: secretOf(id) })),
      providers: [provider],
      fetch: peer.fetch,
      now,
      sleep: () => new Promise((done) => setTimeout(done, 1)),
      onEvent: (event) => events.push(event),
      ...(onEffect && { onEffect }),
    });
  return { storage, peer, clock, events, open };
}

async function connect({ peer }: Deployment, by: Integrations, userId: string) {
  const { authUrl, cookie } = await by.initiateOAuthFlow({ provider: "practice", userId });
  return by.handleOAuthCallback({
    provider: "practice",
    query: peer.consent(authUrl),
    cookie: `${cookie?.name}=${cookie?.value}`,
  });
}

// textsUnder counts the stored texts under a key.
function textsUnder({ storage }: Deployment, id: number): number {
  const dump = JSON.stringify(storage.dump().rows.map(([, { value }]) => value));
  return dump.split(`t1.${id}.`).length - 1;
}

describe("rotating the keys", () => {
  it("[R52] loses nothing when the keys change twice under load", async () => {
    const deployment = deploy();
    const users = Array.from({ length: 12 }, (_, n) => `user-${n}`);
    const failures: unknown[] = [];
    const fleet = [await deployment.open(1), await deployment.open(1)];
    for (const [n, userId] of users.entries()) await connect(deployment, pick(fleet, n), userId);

    let over = false;
    let calls = 0;
    const busy = new Map<Integrations, number>();
    const load = async (userId: string, n: number): Promise<void> => {
      const question = { provider: "practice", userId, accountId: "account-1" };
      for (let turn = n; !over; turn++) {
        const by = pick(fleet, turn);
        busy.set(by, (busy.get(by) ?? 0) + 1);
        const call =
          turn % 5 === 0
            ? connect(deployment, by, userId)
            : turn % 2 === 0
              ? by.refreshToken({ ...question, force: true })
              : by.getToken(question);
        await call.catch((cause) => failures.push(cause));
        busy.set(by, (busy.get(by) ?? 0) - 1);
        calls += 1;
        await pause(1);
      }
    };
    const running = users.map(load);
    // replace puts a new instance in the place of one and waits for the old one's calls to end.
    const replace = async (place: number, ...ids: number[]): Promise<void> => {
      const old = pick(fleet, place);
      fleet[place] = await deployment.open(...ids);
      while (busy.get(old)) await pause(1);
    };
    const more = async (count: number): Promise<void> => {
      for (const wanted = calls + count; calls < wanted; ) await pause(1);
    };

    for (const [old, next] of [
      [1, 2],
      [2, 3],
    ] as const) {
      await replace(0, old, next);
      await replace(1, old, next);
      await replace(0, next, old);
      await more(50);
      // The load may have sealed all of its own anew: this one nobody touches.
      await connect(deployment, pick(fleet, 1), "idle");
      await expect(pick(fleet, 0).retireKey(old)).rejects.toMatchObject({
        code: "CONFLICT",
        reason: "key_in_use",
      });
      await replace(1, next, old);
      await more(50);
      const rotated = await pick(fleet, 0).rotateKeys();
      expect(rotated).toMatchObject({ unreadable: 0, remaining: {} });
      const retired = await pick(fleet, 0).retireKey(old);
      expect(retired.removableAt.getTime()).toBeLessThanOrEqual(deployment.clock.now + hour);
      expect(textsUnder(deployment, old)).toBe(0);
      await replace(0, next);
      await replace(1, next);
    }
    over = true;
    await Promise.all(running);

    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(200);
    const last = await deployment.open(3);
    for (const userId of users) {
      const token = await last.getAccessToken({ provider: "practice", userId });
      expect(token).toMatch(/^canary-access-/);
    }
    expect(deployment.events.filter(({ type }) => type === "key.missing")).toEqual([]);
    expect(deployment.events.filter(({ type }) => type === "key.retired")).toHaveLength(2);
  }, 60_000);

  it("[R52] loses nothing in a Durable Object of workerd either", async () => {
    const entry = fileURLToPath(new URL("./workerd/rotation-worker.ts", import.meta.url));
    const worker = await startWorker({ entry, className: "Store" });
    try {
      const outcome = await (await fetch(`${worker.url}/rotate`)).json();
      expect(outcome).toMatchObject({ failures: [], left: [0, 0], tokens: 8 });
      expect((outcome as { calls: number }).calls).toBeGreaterThan(200);
    } finally {
      await worker.stop();
    }
  }, 60_000);

  it("walks every page and adds up what it did", async () => {
    const deployment = deploy();
    const before = await deployment.open(1, 2);
    for (const userId of ["a", "b", "c"]) await connect(deployment, before, userId);
    const after = await deployment.open(2, 1);
    const rotated = await after.rotateKeys({ limit: 1 });
    // Three connections, their three due rows and the three authorizations that made them.
    expect(rotated).toEqual({ scanned: 9, resealed: 3, unreadable: 0, remaining: {} });
    expect(deployment.events.at(-1)).toMatchObject({ type: "key.rotated", details: "2" });
  });

  it("says what it cannot open, and does not try for ever", async () => {
    const deployment = deploy();
    const { connection } = await connect(deployment, await deployment.open(1), "a");
    const after = await deployment.open(2);
    expect(await after.rotateKeys()).toMatchObject({ unreadable: 1, remaining: { 1: 1 } });
    const connectionId = connection?.id ?? "";
    await expect(after.getToken({ connectionId })).rejects.toMatchObject({
      code: "CONFIGURATION_ERROR",
      reason: "key_missing",
    });
    expect(deployment.events).toContainEqual(
      expect.objectContaining({ type: "key.missing", details: "1" }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 32, "1"])("refuses to retire the key %s", async (id) => {
    const integrations = await deploy().open(1);
    const call = Reflect.apply(integrations.retireKey, integrations, [id]);
    await expect(call).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });
});

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
