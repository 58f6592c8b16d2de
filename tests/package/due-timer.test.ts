import { createMemoryStorage } from "tenon/hosts/memory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DueTimer } from "../../bindings/dist/src/due-timer.js";
import { connect, setUp } from "./service-bench.ts";

const minute = 60_000;
const idle = { done: 0, failed: 0, next: null };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function timerWith(run: () => Promise<{ done: number; failed: number; next: number | null }>) {
  const looks: number[] = [];
  const timer = new DueTimer({
    now: () => Date.now(),
    run: () => {
      looks.push(Date.now() - 1_000_000);
      return run();
    },
  });
  return { timer, looks };
}

describe("the timer of an instance", () => {
  it("looks a second after the start and then every five minutes", async () => {
    const { timer, looks } = timerWith(async () => idle);
    timer.start();
    timer.start();
    await vi.advanceTimersByTimeAsync(11 * minute);
    expect(looks).toEqual([1000, 301_000, 601_000]);
  });

  it("fires at the earliest time it was asked for", async () => {
    const { timer, looks } = timerWith(async () => idle);
    for (const inMs of [90_000, 30_000, 60_000]) timer.wake(Date.now() + inMs);
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks).toEqual([30_000]);
  });

  it("goes on at the time that runDue says comes next", async () => {
    const nexts = [20_000, 50_000];
    const { timer, looks } = timerWith(async () => {
      const next = nexts.shift();
      return { ...idle, next: next === undefined ? null : 1_000_000 + next };
    });
    timer.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks).toEqual([1000, 20_000, 50_000]);
  });

  it("works a backlog off at once, and waits where others are at it", async () => {
    const results = [1, 1, 0, 0].map((done) => ({ done, failed: 0, next: 1_000_000 }));
    const { timer, looks } = timerWith(async () => results.shift() ?? idle);
    timer.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks.map((ms) => Math.floor(ms / 10) * 10)).toEqual([1000, 1000, 1000, 2000, 3000]);
  });

  it("tries a failing run again, later each time, and recovers", async () => {
    let failures = 5;
    const { timer, looks } = timerWith(async () => {
      if (failures-- > 0) throw new Error("storage is down");
      return { ...idle, next: Date.now() + 10_000 };
    });
    timer.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 42_000]);
  });

  it("lets one run end before the next, and misses nothing that came up meanwhile", async () => {
    const ends: (() => void)[] = [];
    const { timer, looks } = timerWith(
      () => new Promise((resolve) => ends.push(() => resolve({ ...idle, done: 1 }))),
    );
    timer.wake(Date.now());
    await vi.advanceTimersByTimeAsync(1000);
    timer.wake(Date.now());
    await vi.advanceTimersByTimeAsync(1000);
    expect(looks).toEqual([0]);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(looks).toEqual([0, 2000]);
  });

  it("outlives a run that never ends", async () => {
    let first = true;
    const { timer, looks } = timerWith(() => {
      if (!first) return Promise.resolve(idle);
      first = false;
      return new Promise(() => undefined);
    });
    timer.start();
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(looks.slice(0, 2)).toEqual([1000, 901_000]);
  });

  it("stands times that no timer can hold", async () => {
    const { timer, looks } = timerWith(async () => ({ ...idle, next: 1e15 }));
    timer.wake(1e15);
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(looks).toEqual([300_000]);
  });

  it("starts with a later call where none may be set at first, as in a worker's global scope", async () => {
    const { timer, looks } = timerWith(async () => idle);
    vi.stubGlobal("setTimeout", () => {
      throw new Error("Disallowed operation called within global scope.");
    });
    timer.start();
    vi.unstubAllGlobals();
    vi.useFakeTimers({ now: 1_000_000 });
    timer.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks).toEqual([1000]);
  });

  it("is silent once closed", async () => {
    const { timer, looks } = timerWith(async () => idle);
    timer.start();
    timer.close();
    timer.wake(Date.now());
    timer.start();
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(looks).toEqual([]);
  });
});

describe("an instance without a wake of its own", () => {
  const now = (): number => Date.now();

  it("does what an instance before it left behind", async () => {
    const storage = createMemoryStorage({ now });
    const bench = await setUp({ storage, now });
    const { connection } = await connect(bench);
    bench.integrations.close();
    let down = true;
    let revocations = 0;
    const answers = async (url: string, init: RequestInit): Promise<Response> => {
      if (!url.endsWith("/revocation")) return bench.peer.fetch(url, init);
      revocations++;
      return new Response("", { status: down ? 503 : 200 });
    };
    const options = { storage, now, fetch: answers, sleep: async () => undefined };
    const before = await setUp(options);
    const connectionId = connection?.id ?? "";
    const gone = await before.integrations.disconnectIntegration({ connectionId });
    expect(gone.revocation).toBe("queued");
    before.integrations.close();
    const asked = revocations;
    down = false;
    vi.setSystemTime(Date.now() + 60 * minute);
    const after = await setUp(options);
    await vi.advanceTimersByTimeAsync(2000);
    // Opening a sealed token takes real time.
    await vi.waitFor(() => {
      expect(revocations).toBeGreaterThan(asked);
      expect(storage.dump().rows.filter(([key]) => key.startsWith("due/"))).toEqual([]);
    });
    after.integrations.close();
  });

  it("refreshes behind a caller who gets the old token at once", async () => {
    vi.useRealTimers();
    const bench = await setUp();
    await connect(bench);
    const { integrations, peer, storage, clock } = bench;
    const due = storage.dump().rows.find(([key]) => key.startsWith("due/"))?.[0] ?? "";
    clock.now = Number(due.split("/")[1]) + 1000;
    const question = { userId: "user-1", provider: "practice" };
    const posts = () => peer.requests.filter((each) => each === "POST /token").length;
    const before = posts();
    const tokens = await Promise.all([1, 2, 3].map(() => integrations.getAccessToken(question)));
    expect(new Set(tokens)).toEqual(new Set(["canary-access-1-abcdefghijkl"]));
    await vi.waitFor(() => expect(posts()).toBe(before + 1));
    await vi.waitFor(async () => {
      expect(await integrations.getAccessToken(question)).toBe("canary-access-2-abcdefghijkl");
    });
    expect(posts()).toBe(before + 1);
    integrations.close();
  });

  it("leaves the timing to a wake that is given", async () => {
    const wakes: number[] = [];
    const lists: string[] = [];
    const bench = await setUp({
      now,
      wake: (at) => wakes.push(at),
      onEffect: (effect) => {
        if (effect.kind === "storage.list") lists.push(effect.range.prefix);
      },
    });
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(lists).toEqual([]);
    bench.integrations.close();
  });
});
