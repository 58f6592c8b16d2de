import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Called, type Json, Stage } from "./stage.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const always = Number.POSITIVE_INFINITY;

// The worker's clock is driven from here, from minute to minute or second to second; the provider
// stays in real time and its tokens outlive each test.
describe("over simulated time", () => {
  let stage: Stage;
  let aheadMs: number;
  afterAll(() => stage?.close());

  const open = async (accessTokenTtlS: number): Promise<Json> => {
    await stage?.close();
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS });
    const connection = await stage.connect(await stage.signIn("ada"));
    stage.provider.requests.clear();
    return connection;
  };
  beforeEach(() => {
    aheadMs = 0;
  });

  const routeOf = ({ id }: Json): string => id.slice(4, 26);
  const alarmAt = async (connection: Json): Promise<number | null> =>
    (await fetch(`${stage.url}/probe/alarm/${routeOf(connection)}`)).json() as Promise<Json>;
  const setClock = async (ms: number) => {
    const clock = await fetch(`${stage.url}/probe/clock/${ms}`);
    aheadMs = (await clock.json()) as number;
  };
  /** Puts the clock forward, and when the alarm's time has come lets it go off and do its work. */
  const pass = async (connection: Json, ms: number) => {
    await setClock(aheadMs + ms);
    const at = await alarmAt(connection);
    if (at !== null && at > now()) return;
    await fetch(`${stage.url}/probe/ring/${routeOf(connection)}`);
    // While it is at work there is none.
    const set = async () => (await alarmAt(connection)) ?? 0;
    await expect.poll(set, { timeout: 10_000, interval: 5 }).toBeGreaterThan(now());
  };
  const now = () => Date.now() + aheadMs;
  const tokenOf = (connection: Json) => stage.api("GET", `/v1/connections/${connection.id}/token`);
  const statusOf = async (connection: Json) => {
    const { body } = await stage.api("GET", `/v1/connections/${connection.id}`);
    return body.data.connection.status;
  };
  const requests = () => stage.provider.requests.count("token");
  const expectAlive = ({ status, body }: Called) => {
    expect(status).toBe(200);
    expect(Date.parse(body.data.expiresAt)).toBeGreaterThan(now());
  };

  test("a caller gets the old token at once and the alarm refreshes behind it [R44] [R92]", async () => {
    const connection = await open(600);
    const first = (await tokenOf(connection)).body.data.accessToken;
    await fetch(`${stage.url}/probe/disarm/${routeOf(connection)}`);
    await setClock(590 * secondMs);
    stage.provider.faults.set({ endpoint: "token", delayMs: 1500 });
    const began = Date.now();
    const answer = await tokenOf(connection);
    expect(Date.now() - began).toBeLessThan(1400);
    expectAlive(answer);
    expect(answer.body.data.accessToken).toBe(first);
    const renewed = async () => (await tokenOf(connection)).body.data.accessToken !== first;
    await expect.poll(renewed, { timeout: 10_000 }).toBe(true);
    expect(requests()).toBe(1);
  });

  test("a token of a minute, asked for every second, is refreshed every 40 s at most [R44]", async () => {
    const connection = await open(60);
    const minutes = 10;
    for (let second = 0; second < minutes * 60; second += 1) {
      expectAlive(await tokenOf(connection));
      await pass(connection, secondMs);
    }
    console.log(`${minutes} minutes of a 60 s token: ${requests()} refreshes`);
    expect(requests()).toBeGreaterThanOrEqual(minutes);
    expect(requests()).toBeLessThanOrEqual((minutes * 60) / 40);
  }, 120_000);

  test("a day of 503 from the token endpoint costs few requests and no connection [R23] [R43] [R92]", async () => {
    const connection = await open(3600);
    stage.provider.faults.set({ endpoint: "token", status: 503, times: always });
    let refused = 0;
    for (let passed = 0; passed < 24 * hourMs; passed += minuteMs) {
      await pass(connection, minuteMs);
      if (passed % (5 * minuteMs) !== 0) continue;
      const { status, body } = await tokenOf(connection);
      if (status === 200) continue;
      refused += 1;
      expect(status).toBe(503);
      expect(body.error.retryable).toBe(true);
    }
    console.log(`24 hours of 503: ${requests()} requests, ${refused} callers refused`);
    expect(await statusOf(connection)).toBe("connected");
    expect(refused).toBeGreaterThan(250);
    // The longest pause is a quarter of an hour; the shorter ones before it are few.
    expect(requests()).toBeLessThanOrEqual(24 * 4 + 12);

    stage.provider.faults.clear();
    const before = requests();
    for (let minute = 0; minute < 30; minute += 1) await pass(connection, minuteMs);
    // Nobody asked: the alarm has brought it back.
    expect(requests()).toBe(before + 1);
    expectAlive(await tokenOf(connection));
  }, 120_000);
});
