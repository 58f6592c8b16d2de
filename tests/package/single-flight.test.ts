import type { Effect } from "tenon/service";
import { describe, expect, it } from "vitest";
import { SingleFlight } from "../../bindings/dist/src/single-flight.js";
import { type Bench, connect, setUp } from "./service-bench.ts";

const question = { userId: "user-1", provider: "practice" };
const refreshes = ({ peer }: Bench): number =>
  peer.requests.filter((each) => each === "POST /token").length - 1;

async function connected(changes?: Parameters<typeof setUp>[0]): Promise<Bench> {
  const bench = await setUp(changes);
  await connect(bench);
  return bench;
}

async function expired(changes?: Parameters<typeof setUp>[0]): Promise<Bench> {
  const bench = await connected(changes);
  bench.clock.now += 2 * 3_600_000;
  return bench;
}

// A gate holds effects of one kind until it is opened.
function gate(kind: Effect["kind"]) {
  const held: (() => void)[] = [];
  let closed = false;
  const onEffect = (effect: Effect): unknown =>
    closed && effect.kind === kind ? new Promise<void>((go) => held.push(go)) : undefined;
  return {
    onEffect,
    held,
    close: () => {
      closed = true;
    },
    open: () => {
      closed = false;
      for (const go of held.splice(0)) go();
    },
  };
}

const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe("callers of one token at the same time", () => {
  it("[R36] are 1,000 with one refresh and one flow", async () => {
    let looks = 0;
    const bench = await expired({
      onEffect: ({ kind }) => {
        if (kind === "cipher.open") looks++;
      },
      wake: () => undefined, // no refresh of the timer's own
    });
    looks = 0;
    const calls = Array.from({ length: 1000 }, () => bench.integrations.getAccessToken(question));
    const tokens = await Promise.all(calls);
    expect(new Set(tokens)).toEqual(new Set(["canary-access-2-abcdefghijkl"]));
    expect(refreshes(bench)).toBe(1);
    // The refresh token, then the access token: once for all.
    expect(looks).toBeLessThanOrEqual(2);
  });

  it("[R36] share a failure too, each with its own correlation id", async () => {
    const bench = await connected();
    bench.clock.now += 2 * 3_600_000;
    let posts = 0;
    const peer = bench.peer.fetch;
    const failing = await setUp({
      storage: bench.storage,
      now: () => bench.clock.now,
      fetch: (url, init) => {
        posts++;
        return url.endsWith("/token") && posts > 0
          ? Promise.resolve(new Response("busy", { status: 503 }))
          : peer(url, init);
      },
    });
    const calls = Array.from({ length: 100 }, (_, i) =>
      failing.integrations.getToken({ ...question, correlationId: `caller-${i}` }),
    );
    const settled = await Promise.allSettled(calls);
    const errors = settled.map((each) => (each.status === "rejected" ? each.reason : undefined));
    expect(errors.map((error) => error?.code)).toEqual(Array(100).fill("TOKEN_REFRESH_ERROR"));
    expect(errors.map((error) => error?.correlationId)).toEqual(
      Array.from({ length: 100 }, (_, i) => `caller-${i}`),
    );
    expect(errors.every((error) => error.retryable && error.name === "TenonError")).toBe(true);
    expect(posts).toBeLessThanOrEqual(3);
  });

  it("[R36] keep theirs when the first is cancelled", async () => {
    const net = gate("fetch");
    const bench = await expired({ onEffect: net.onEffect });
    net.close();
    const first = new AbortController();
    const cancelled = bench.integrations.getToken({ ...question, signal: first.signal });
    const others = [1, 2, 3].map(() => bench.integrations.getAccessToken(question));
    first.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "CONFLICT", retryable: true });
    while (net.held.length === 0) await turn();
    net.open();
    expect(await Promise.all(others)).toEqual(Array(3).fill("canary-access-2-abcdefghijkl"));
    expect(refreshes(bench)).toBe(1);
  });

  it("[R36] are the same however the question is written", async () => {
    const bench = await expired();
    const { integrations } = bench;
    const force = false;
    await Promise.all([
      integrations.getToken({ provider: "practice", userId: "user-1" }),
      integrations.getToken({ userId: "user-1", force, provider: "practice", ip: "192.0.2.1" }),
    ]);
    expect(refreshes(bench)).toBe(1);
  });

  it("do not share the objects they are given", async () => {
    const { integrations } = await connected();
    const [one, two] = await Promise.all([
      integrations.getToken(question),
      integrations.getToken(question),
    ]);
    expect(one).toEqual(two);
    expect(one).not.toBe(two);
    expect(one?.expiresAt).not.toBe(two?.expiresAt);
  });

  it("do not hear of a token after they were told that it is disconnected", async () => {
    const cipher = gate("cipher.open");
    const bench = await connected({ onEffect: cipher.onEffect });
    cipher.close();
    const early = bench.integrations.getAccessToken(question);
    while (cipher.held.length === 0) await turn();
    const held = cipher.held.splice(0);
    cipher.open();
    const account = { ...question, accountId: "account-1" };
    await bench.integrations.disconnectIntegration(account);
    const late = bench.integrations.getAccessToken(question);
    await expect(late).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    for (const go of held) go();
    expect(await early).toContain("canary-access-1");
  });
});

describe("a single flight", () => {
  const cancelled = (): Error => new Error("left");
  const never = (): Promise<string> => new Promise(() => undefined);
  const waiter = (signal?: AbortSignal) => ({ signal, cancelled });

  it("is stopped when every caller has left, and not before", async () => {
    const flights = new SingleFlight<string>();
    const callers = [1, 2, 3].map(() => new AbortController());
    let stopped: AbortSignal | undefined;
    let starts = 0;
    const start = (signal?: AbortSignal): Promise<string> => {
      stopped = signal;
      starts++;
      return never();
    };
    const waits = callers.map(({ signal }) => flights.run("a", start, waiter(signal)));
    for (const [at, caller] of callers.entries()) {
      expect(stopped?.aborted).toBe(false);
      caller.abort();
      await expect(waits[at]).rejects.toThrow("left");
    }
    expect(stopped?.aborted).toBe(true);
    expect(starts).toBe(1);
    flights.run("a", start, waiter());
    expect(starts).toBe(2);
  });

  it("goes on while one caller cannot leave", async () => {
    const flights = new SingleFlight<string>();
    const caller = new AbortController();
    let stopped: AbortSignal | undefined;
    const start = (signal?: AbortSignal): Promise<string> => {
      stopped = signal;
      return never();
    };
    const first = flights.run("a", start, waiter(caller.signal));
    flights.run("a", start, waiter());
    caller.abort();
    await expect(first).rejects.toThrow("left");
    expect(stopped?.aborted).toBe(false);
  });

  it("starts nothing for a caller that has already left", async () => {
    const flights = new SingleFlight<string>();
    let starts = 0;
    const start = (): Promise<string> => {
      starts++;
      return never();
    };
    await expect(flights.run("a", start, waiter(AbortSignal.abort()))).rejects.toThrow("left");
    expect(starts).toBe(0);
  });

  it("is over before its callers go on, whether it held or failed", async () => {
    const flights = new SingleFlight<number>();
    let starts = 0;
    const start = async (): Promise<number> => ++starts;
    const fail = (): Promise<number> => Promise.reject(new Error("down"));
    expect(await flights.run("a", start, waiter())).toBe(1);
    expect(await flights.run("a", start, waiter())).toBe(2);
    await expect(flights.run("a", fail, waiter())).rejects.toThrow("down");
    expect(await flights.run("a", start, waiter())).toBe(3);
  });

  it("leaves no listener on a signal that outlives it", async () => {
    const { signal } = new AbortController();
    let listening = 0;
    const counted = {
      aborted: false,
      addEventListener: (...given: Parameters<AbortSignal["addEventListener"]>) => {
        listening++;
        signal.addEventListener(...given);
      },
      removeEventListener: (...given: Parameters<AbortSignal["removeEventListener"]>) => {
        listening--;
        signal.removeEventListener(...given);
      },
    } as unknown as AbortSignal;
    const flights = new SingleFlight<number>();
    await flights.run("a", async () => 1, waiter(counted));
    await turn();
    expect(listening).toBe(0);
  });
});
