import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Called, type Json, Stage } from "./stage.ts";

const lifetimeS = 600;
const callersCount = 1000;

describe("everybody asking at once for a token that has run out", () => {
  let stage: Stage;
  let aheadMs = 0;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: lifetimeS });
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.provider.faults.clear());

  /** Connects an account whose alarm stays silent: only callers ask for its token. */
  const connect = async (user: string): Promise<Json> => {
    const connection = await stage.connect(await stage.signIn(user), user);
    await fetch(`${stage.url}/probe/snooze/${connection.id.slice(4, 26)}`);
    return connection;
  };
  /** Puts the worker's clock past the end of every token there is. */
  const runOut = async () => {
    aheadMs += (lifetimeS + 1) * 1000;
    await stage.restart({ PROBE_CLOCK_MS: String(aheadMs) });
    stage.provider.requests.clear();
  };
  const ask = ({ id }: Json): Promise<Called[]> => {
    const path = `/v1/connections/${id}/token`;
    return Promise.all(Array.from({ length: callersCount }, () => stage.api("GET", path)));
  };
  const opensApi = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${stage.provider.issuer}/me`, { headers });
    await answer.body?.cancel();
    return answer.status === 200;
  };
  const expectOneToken = async (answers: Called[]) => {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const tokens = new Set(answers.map(({ body }) => body.data.accessToken));
    expect(tokens.size).toBe(1);
    expect(await opensApi([...tokens][0])).toBe(true);
  };

  test("makes one token request for 1,000 callers, with one answer for all [R36]", async () => {
    const connection = await connect("ada");
    await runOut();
    // The provider takes its time, so that all of them wait for the same answer.
    stage.provider.faults.set({ endpoint: "token", delayMs: 1000 });
    const answers = await ask(connection);
    expect(stage.provider.requests.count("token")).toBe(1);
    await expectOneToken(answers);
  });

  test("fails alike for all of them, with as many requests as one caller is given [R36] [R43]", async () => {
    const connection = await connect("grace");
    await runOut();
    stage.provider.faults.set({ endpoint: "token", status: 503, times: Number.POSITIVE_INFINITY });
    const answers = await ask(connection);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    const codes = new Set(answers.map(({ body }) => body.error.code));
    expect([...codes]).toEqual(["TOKEN_REFRESH_ERROR"]);
    expect(answers.every(({ body }) => body.error.retryable)).toBe(true);
    expect(stage.provider.requests.count("token")).toBeLessThanOrEqual(3);
  });

  test("makes one for each of 4 users with 1,000 callers [R37]", async () => {
    const connections: Json[] = [];
    for (const user of ["u1", "u2", "u3", "u4"]) {
      connections.push(await connect(user));
    }
    await runOut();
    const groups = await Promise.all(connections.map(ask));
    expect(stage.provider.requests.count("token")).toBe(4);
    for (const answers of groups) await expectOneToken(answers);
  });
});
