// Code written against the calls of the seeds, (user, provider, account, options) and
// [{provider, accountId}], says the same with one object; docs/api.md has the table.
import { isIntegrationError } from "tenon";
import type { IntegrationsOptions } from "tenon/service";
import { describe, expect, it } from "vitest";
import { type Bench, connect, setUp } from "./service-bench.ts";

const account = { provider: "practice", accountId: "account-1" };

interface TimedBench extends Bench {
  // pauses are the delays between tries, in ms.
  pauses: number[];
  tokenRequests(): number;
}

async function connected(changes: Partial<IntegrationsOptions> = {}): Promise<TimedBench> {
  const pauses: number[] = [];
  const clock: { bench?: Bench } = {};
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms);
    if (clock.bench) clock.bench.clock.now += ms;
  };
  const bench = await setUp({ sleep, ...changes });
  clock.bench = bench;
  await connect(bench);
  const before = bench.peer.requests.length;
  const tokenRequests = (): number =>
    bench.peer.requests.slice(before).filter((each) => each === "POST /token").length;
  return { ...bench, pauses, tokenRequests };
}

// down answers every further token request with 503.
function down({ peer }: Bench): void {
  peer.answer(() => {
    down({ peer } as Bench);
    return new Response("", { status: 503 });
  });
}

describe("refreshToken of the seeds", () => {
  it("names an account by provider and account, without its user", async () => {
    const bench = await connected();
    const connection = await bench.integrations.refreshToken({ ...account, force: true });
    expect(connection).toMatchObject({
      provider: "practice",
      providerAccountId: "account-1",
      status: "connected",
      isConnected: true,
      lastRefreshAt: new Date(bench.clock.now),
    });
    expect(bench.tokenRequests()).toBe(1);
  });

  it("leaves a token alone that is not due, unless it is forced", async () => {
    const bench = await connected();
    await bench.integrations.refreshToken(account);
    expect(bench.tokenRequests()).toBe(0);
    await bench.integrations.refreshToken({ ...account, force: true });
    expect(bench.tokenRequests()).toBe(1);
  });

  it.each([1, 2, 3])("makes maxRetries tries in all: %i", async (maxRetries) => {
    const bench = await connected();
    down(bench);
    const call = bench.integrations.refreshToken({ ...account, force: true, maxRetries });
    await expect(call).rejects.toMatchObject({ code: "TOKEN_REFRESH_ERROR", retryable: true });
    expect(bench.tokenRequests()).toBe(maxRetries);
  });

  it.each([
    [255, [399, 799, 999, 999]],
    [127, [199, 398, 498, 498]],
  ])("doubles initialDelay up to maxDelay, and draws from below: byte %i", async (byte, pauses) => {
    const bench = await connected({ random: (size) => new Uint8Array(size).fill(byte) });
    down(bench);
    const options = { maxRetries: 5, initialDelay: 400, maxDelay: 1000 };
    const call = bench.integrations.refreshToken({ ...account, force: true, ...options });
    await expect(call).rejects.toMatchObject({ code: "TOKEN_REFRESH_ERROR" });
    expect(bench.pauses).toEqual(pauses);
  });

  it("makes 3 tries, a second and then 2 apart at most, when no options are given", async () => {
    const bench = await connected();
    down(bench);
    const call = bench.integrations.refreshToken({ ...account, force: true });
    await expect(call).rejects.toMatchObject({ code: "TOKEN_REFRESH_ERROR" });
    expect(bench.tokenRequests()).toBe(3);
    expect(bench.pauses[0]).toBeLessThanOrEqual(1000);
    expect(bench.pauses[1]).toBeLessThanOrEqual(2000);
  });

  it.each([{ maxRetries: 0 }, { initialDelay: 20_000, maxDelay: 10_000 }, { maxDelay: 60_001 }])(
    "refuses %o",
    async (options) => {
      const bench = await connected();
      const call = bench.integrations.refreshToken({ ...account, ...options });
      await expect(call).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    },
  );
});

describe("batchRefreshTokens of the seeds", () => {
  it("takes a list of accounts; those that went well are one filter away", async () => {
    const bench = await connected();
    const requests = [account, { provider: "practice", accountId: "nobody" }];
    const outcomes = await bench.integrations.batchRefreshTokens(
      requests.map((request) => ({ ...request, force: true })),
    );
    const refreshed = outcomes.flatMap((each) => (each.ok ? [each.connection] : []));
    expect(refreshed.map(({ providerAccountId }) => providerAccountId)).toEqual(["account-1"]);
    expect(outcomes[1]).toMatchObject({ ok: false, error: { code: "ACCOUNT_NOT_FOUND" } });
    expect(bench.tokenRequests()).toBe(1);
  });
});

describe("the errors that callers of the seeds look at", () => {
  it("are TOKEN_EXPIRED when a person must connect again, and never that for an outage", async () => {
    const bench = await connected();
    const question = { userId: "user-1", ...account };
    bench.clock.now += 3_600_000;
    down(bench);
    const outage: unknown = await bench.integrations.getAccessToken(question).catch((e) => e);
    expect(isIntegrationError(outage) && [outage.code, outage.retryable]).toEqual([
      "TOKEN_REFRESH_ERROR",
      true,
    ]);
    bench.clock.now += 3_600_000;
    bench.peer.answer(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
    const refused: unknown = await bench.integrations.getAccessToken(question).catch((e) => e);
    expect(isIntegrationError(refused) && [refused.code, refused.retryable]).toEqual([
      "TOKEN_EXPIRED",
      false,
    ]);
  });
});
