import type { IntegrationsOptions, RefreshInput } from "tenon/service";
import { describe, expect, it } from "vitest";
import { FairQueue } from "../../bindings/dist/src/fair-queue.js";
import { createFakeProvider } from "./fake-provider.ts";
import { type Bench, cookieOf, setUp } from "./service-bench.ts";

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 1));

interface Token {
  user: string;
  organizationId?: string;
}

// connectAll connects one account for each user and gives what names it.
async function connectAll(bench: Bench, users: Token[]): Promise<RefreshInput[]> {
  const items: RefreshInput[] = [];
  for (const { user: userId, organizationId = "default" } of users) {
    const account = { provider: "practice", userId, organizationId };
    const started = await bench.integrations.initiateOAuthFlow(account);
    const query = bench.peer.consent(started.authUrl);
    const cookie = cookieOf(started);
    await bench.integrations.handleOAuthCallback({ ...account, query, cookie });
    items.push({ ...account, accountId: "account-1", force: true });
  }
  return items;
}

interface Watched {
  fetch: NonNullable<IntegrationsOptions["fetch"]>;
  // refreshed lists the refresh tokens in the order they arrived.
  refreshed: string[];
  most: number;
}

// Long enough for a busy machine to bring every request that may be in flight to this point.
const answerAfterMs = 20;

// watchedFetch answers after a pause and refuses the refresh tokens with these numbers.
function watchedFetch(peer: Bench["peer"], refused: number[] = []): Watched {
  let inFlight = 0;
  const watched: Watched = {
    refreshed: [],
    most: 0,
    fetch: async (url, init) => {
      const form = new URLSearchParams(new TextDecoder().decode(init.body as Uint8Array));
      const token = form.get("refresh_token");
      if (token === null) return peer.fetch(url, init);
      watched.refreshed.push(token);
      watched.most = Math.max(watched.most, ++inFlight);
      await new Promise((done) => setTimeout(done, answerAfterMs));
      inFlight--;
      if (refused.includes(Number(token.split("-")[2]))) {
        return Response.json({ error: "invalid_grant" }, { status: 400 });
      }
      return peer.fetch(url, init);
    },
  };
  return watched;
}

async function benchOf(refused?: number[]): Promise<Bench & { watched: Watched }> {
  const peer = createFakeProvider();
  const watched = watchedFetch(peer, refused);
  const bench = await setUp({ fetch: watched.fetch });
  return { ...bench, peer, watched };
}

const usersOf = (count: number): Token[] =>
  Array.from({ length: count }, (_, i) => ({ user: `user-${i}` }));

describe("refreshing many connections at once", () => {
  it("[R47] gives 100 outcomes for 100 items with 7 that fail, in order", async () => {
    const refused = [3, 14, 15, 92, 65, 35, 89];
    const bench = await benchOf(refused);
    const items = await connectAll(bench, usersOf(100));
    const outcomes = await bench.integrations.batchRefreshTokens(items);
    expect(outcomes).toHaveLength(100);
    // Tokens are numbered from 1 in the order of connecting.
    const failed = outcomes.flatMap((outcome, i) => (outcome.ok ? [] : [i + 1]));
    expect(failed).toEqual(refused.sort((a, b) => a - b));
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.ok) expect(outcome.connection.userId).toBe(`user-${i}`);
      else expect(outcome.error).toMatchObject({ name: "TenonError", code: "TOKEN_EXPIRED" });
    }
    expect(bench.watched.most).toBe(4);
  });

  it("[R47] gives items that name no connection their error, and the others their refresh", async () => {
    const bench = await benchOf();
    const [item] = await connectAll(bench, usersOf(1));
    const items = [null, { connectionId: "con_nobody", correlationId: "mine" }, item, 5, {}];
    const outcomes = await Reflect.apply(bench.integrations.batchRefreshTokens, undefined, [items]);
    expect(outcomes).toMatchObject([
      { ok: false, error: { name: "TenonError" } },
      { ok: false, error: { code: "INTEGRATION_NOT_FOUND", correlationId: "mine" } },
      { ok: true, connection: { userId: "user-0" } },
      { ok: false, error: { name: "TenonError" } },
      { ok: false, error: { name: "TenonError" } },
    ]);
  });

  it("[R47] refreshes a connection once that is named several times in several ways", async () => {
    const bench = await benchOf();
    const [item] = await connectAll(bench, usersOf(1));
    const read = await bench.integrations.getConnectedIntegrations("user-0");
    const byId = { connectionId: read[0]?.id ?? "" };
    const quiet = { userId: "user-0", provider: "practice" };
    const outcomes = await bench.integrations.batchRefreshTokens([quiet, item ?? {}, byId, quiet]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(bench.watched.refreshed).toHaveLength(1);
    const [one, two] = outcomes;
    expect(one).toEqual(two);
    if (one?.ok && two?.ok) expect(one.connection).not.toBe(two.connection);
  });

  it("[R47] keeps to its bounds over batches that run at the same time", async () => {
    const bench = await benchOf();
    const items = await connectAll(bench, usersOf(20));
    const batches = [items.slice(0, 10), items.slice(10)];
    await Promise.all(batches.map((batch) => bench.integrations.batchRefreshTokens(batch)));
    expect(bench.watched.refreshed).toHaveLength(20);
    expect(bench.watched.most).toBe(4);
  });

  it("[R47] lets a small organization pass a large one", async () => {
    const bench = await benchOf();
    const large = Array.from({ length: 20 }, (_, i) => ({ user: `a${i}`, organizationId: "a" }));
    const small = Array.from({ length: 3 }, (_, i) => ({ user: `b${i}`, organizationId: "b" }));
    const items = await connectAll(bench, [...large, ...small]);
    await bench.integrations.batchRefreshTokens(items);
    const order = bench.watched.refreshed.map((token) => Number(token.split("-")[2]));
    const turns = [21, 22, 23].map((number) => order.indexOf(number));
    expect(Math.max(...turns)).toBeLessThan(10);
  });

  it.each([["not a list"], [Array(1001).fill({})]])("refuses %s", async (items) => {
    const { integrations } = await setUp();
    const call = Reflect.apply(integrations.batchRefreshTokens, undefined, [items]);
    await expect(call).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });

  it("takes up to 1,000 items", async () => {
    const { integrations } = await setUp();
    const items = Array.from({ length: 1000 }, () => ({ connectionId: "con_nobody" }));
    expect(await integrations.batchRefreshTokens(items)).toHaveLength(1000);
  });
});

describe("a fair queue", () => {
  it("runs no more of a lane, and no more in all, than its limits", async () => {
    const queue = new FairQueue({ lane: 2, all: 3 });
    const running = { all: 0, a: 0, b: 0, most: { all: 0, a: 0, b: 0 } };
    const work = (lane: "a" | "b") => async () => {
      for (const each of ["all", lane] as const) {
        running.most[each] = Math.max(running.most[each], ++running[each]);
      }
      await pause();
      running.all--;
      running[lane]--;
      return lane;
    };
    const lanes = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? "b" : "a"));
    const done = await Promise.all(
      lanes.map((lane, i) => queue.run(`g${i % 4}`, lane, work(lane))),
    );
    expect(done).toEqual(lanes);
    expect(running.most).toEqual({ all: 3, a: 2, b: 2 });
  });

  it("goes on after work that fails or throws", async () => {
    const queue = new FairQueue({ lane: 1, all: 1 });
    const failing = queue.run("g", "a", () => Promise.reject(new Error("failed")));
    const throwing = queue.run("g", "a", () => {
      throw new Error("threw");
    });
    const fine = queue.run("g", "a", async () => "fine");
    await expect(failing).rejects.toThrow("failed");
    await expect(throwing).rejects.toThrow("threw");
    expect(await fine).toBe("fine");
  });
});
