import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Control, openControl } from "./control.ts";
import { type Json, Stage } from "./stage.ts";

// The process dies before each effect of a refresh in turn. What becomes of the connection then
// depends on the authorization server: one forgives the second use of a refresh token until its
// successor is used, the other revokes everything for it.

const lifetimeS = 600;
/** More users than a refresh has effects. */
const usersMax = 26;
/** From one start to the next the clock goes on by more than a dead process can hold a lease. */
const stepMs = 31_000;

interface Outcome {
  effect: string;
  end: "recovered" | "reconnect";
  by: "alarm" | "call";
  posts: number;
}

describe.each(["grace", "strict"] as const)("a kill -9 during a refresh, %s server", (rotation) => {
  let stage: Stage;
  let control: Control;
  let aheadMs = 0;
  beforeAll(async () => {
    control = await openControl();
    stage = await Stage.open({ bundle: "probe", accessTokenTtlS: lifetimeS, rotation });
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });
  afterEach(() => stage.provider.faults.clear());

  /** Starts the worker again, later. */
  const restart = async (afterMs: number) => {
    await stage.worker.exited;
    control.clear();
    aheadMs += afterMs;
    await stage.start({ PROBE_URL: control.url, PROBE_CLOCK_MS: String(aheadMs) });
  };
  const stop = () => stage.worker.kill("SIGKILL");

  const routeOf = (connection: Json): string => connection.id.slice(4, 26);
  const ring = (connection: Json) => fetch(`${stage.url}/probe/ring/${routeOf(connection)}`);
  const tokenOf = (connection: Json) => stage.api("GET", `/v1/connections/${connection.id}/token`);
  const read = async (connection: Json): Promise<Json> => {
    const { body } = await stage.api("GET", `/v1/connections/${connection.id}`);
    return body.data.connection;
  };
  const tokenRequests = () => stage.provider.requests.count("token");

  /** Connects as many users as asked for, and goes on to when their tokens have run out. */
  const expiredConnections = async (prefix: string, count: number): Promise<Json[]> => {
    const connections: Json[] = [];
    for (let each = 1; each <= count; each += 1) {
      const connection = await stage.connect(await stage.signIn(`${prefix}-${each}`));
      // Until its turn comes nothing may wake it: effects and requests of each are counted.
      await fetch(`${stage.url}/probe/snooze/${routeOf(connection)}`);
      connections.push(connection);
    }
    await stop();
    await restart((lifetimeS + 1) * 1000);
    return connections;
  };
  /** Asks for a token, and dies before the nth effect, or the nth behind one of that kind; false
   * when the call came to its end. */
  const killedAt = async (connection: Json, count: number, after?: string): Promise<boolean> => {
    stage.provider.requests.clear();
    control.clear();
    let killed = false;
    const death = new Promise<void>((dead) => {
      const stopped = () => {
        killed = true;
        void stop().then(() => dead());
      };
      control.stopAt({ count, after, route: routeOf(connection), stopped });
    });
    const call = tokenOf(connection).catch(() => undefined);
    await Promise.race([call, death]);
    return killed;
  };
  /** The lease is taken and the pair not stored: somebody has to come back for it. */
  const isOpen = (done: string[]) => leaseCommit(done) >= 0 && pairCommit(done) < 0;

  /** Rings the alarm, and waits until it has ended what the dead process began. */
  const recoverByAlarm = async (connection: Json) => {
    expect((await ring(connection)).status).toBe(204);
    const settled = async () => {
      const { status, lastRefreshAt } = await read(connection);
      return status === "expired" || lastRefreshAt !== connection.lastRefreshAt;
    };
    await expect.poll(settled, { timeout: 20_000, interval: 50 }).toBe(true);
  };
  /** What a caller gets now: a token that works, or a clear end. Nothing else is allowed. */
  const endOf = async (connection: Json, title: string): Promise<Outcome["end"]> => {
    const answer = await tokenOf(connection);
    const { status, reason } = await read(connection);
    if (answer.status === 200) {
      expect(await isUsable(answer.body.data.accessToken), title).toBe(true);
      expect(status, title).toBe("connected");
      return "recovered";
    }
    expect(answer.body.error, title).toMatchObject({ code: "TOKEN_EXPIRED", retryable: false });
    expect({ status, reason }, title).toEqual({ status: "expired", reason: "lost_rotation" });
    return "reconnect";
  };
  const isUsable = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${stage.provider.issuer}/me`, { headers });
    await answer.body?.cancel();
    return answer.status === 200;
  };

  /** Kills at every effect in turn and gives what became of each connection. */
  const killAtEach = async (by: Outcome["by"]): Promise<Outcome[]> => {
    const connections = await expiredConnections(by, usersMax);
    const outcomes: Outcome[] = [];
    for (const [index, connection] of connections.entries()) {
      if (!(await killedAt(connection, index + 1))) return outcomes;
      const done = control.effects.slice(0, -1);
      const effect = control.effects.at(-1) ?? "";
      const title = `${rotation}, ${by}: killed before effect ${index + 1}, ${effect}`;
      await restart(stepMs);
      if (by === "alarm" && isOpen(done)) await recoverByAlarm(connection);
      const end = await endOf(connection, title);
      const posts = tokenRequests();
      // The one before the crash and one prompt repeat, however often anybody asks (R40).
      expect(posts, title).toBeLessThanOrEqual(2);
      expect(await endOf(connection, title)).toBe(end);
      expect(tokenRequests(), title).toBe(posts);
      outcomes.push({ effect, end, by, posts });
    }
    throw new Error(`a refresh has more than ${usersMax} effects`);
  };

  test.each(["alarm", "call"] as const)(
    "leaves every connection usable or cleanly ended, by the next %s [R35] [R40]",
    async (by) => {
      const outcomes = await killAtEach(by);
      console.log(tableOf(`${rotation} server, then the next ${by}`, outcomes));
      expect(outcomes.length).toBeGreaterThanOrEqual(10);
      const lost = outcomes.filter(({ end }) => end === "reconnect");
      if (rotation === "grace") expect(lost).toEqual([]);
      // Beyond saving is only the time between the answer and the commit of its tokens.
      else expect(lost.map(({ effect }) => effect)).toEqual(unsaved(outcomes));
    },
    300_000,
  );

  test("while the request is on its way costs nothing, as it was not carried out [R40]", async () => {
    const [connection] = await expiredConnections("on-its-way", 1);
    stage.provider.requests.clear();
    stage.provider.faults.set({ endpoint: "token", status: "hang" });
    void tokenOf(connection).catch(() => undefined);
    await expect.poll(tokenRequests, { interval: 10 }).toBe(1);
    await stop();
    await restart(stepMs);
    await recoverByAlarm(connection);
    expect(await endOf(connection, rotation)).toBe("recovered");
    expect(tokenRequests()).toBe(2);
  });

  test("and another during the recovery ends no differently [R35] [R40]", async () => {
    const [connection] = await expiredConnections("twice", 1);
    for (const time of ["first", "second"]) {
      // The answer has come each time, and nothing of it is kept.
      expect(await killedAt(connection, 1, "fetch"), time).toBe(true);
      expect(tokenRequests(), time).toBe(1);
      await restart(stepMs);
    }
    stage.provider.requests.clear();
    await recoverByAlarm(connection);
    expect(tokenRequests()).toBe(1);
    const end = rotation === "grace" ? "recovered" : "reconnect";
    expect(await endOf(connection, rotation)).toBe(end);
  });
});

/** leaseCommit gives the place of the commit of the lease, whose owner is drawn before it, or -1. */
function leaseCommit(effects: string[]): number {
  const drawn = effects.lastIndexOf("random");
  return drawn < 0 ? -1 : effects.indexOf("storage.commit", drawn);
}

/** pairCommit gives the place of the commit that stores what was sealed, or -1. */
function pairCommit(effects: string[]): number {
  const sealed = effects.lastIndexOf("cipher.seal");
  return sealed < 0 ? -1 : effects.indexOf("storage.commit", sealed);
}

/** The effects before which a strict server has spent the refresh token and nobody has the new one. */
function unsaved(outcomes: Outcome[]): string[] {
  const effects = outcomes.map(({ effect }) => effect);
  return effects.slice(effects.indexOf("fetch") + 1, pairCommit(effects) + 1);
}

function tableOf(title: string, outcomes: Outcome[]): string {
  const rows = outcomes.map(
    ({ effect, end, posts }, index) => `${index + 1}. ${effect.padEnd(16)} ${end}, ${posts} POST`,
  );
  const count = (end: Outcome["end"]) => outcomes.filter((each) => each.end === end).length;
  const sum = `${count("recovered")} recovered, ${count("reconnect")} to reconnect`;
  return [`${title}: ${sum}`, ...rows].join("\n  ");
}
