import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TenonError } from "tenon";
import { eventTypes, type FlowReport, type TenonEvent } from "tenon/service";
import { describe, expect, it } from "vitest";
import { Subscribers } from "../../bindings/dist/src/events.js";
import { type Bench, connect, setUp, start } from "./service-bench.ts";

const question = { userId: "user-1", provider: "practice" };
const connected = ["oauth.initiated", "integration.connected", "oauth.completed"];
const typesOf = (events: readonly TenonEvent[]): string[] => events.map(({ type }) => type);

describe("a subscriber", () => {
  it("gets the events of its type, or all of them", async () => {
    const bench = await setUp();
    const some: TenonEvent[] = [];
    const all: TenonEvent[] = [];
    bench.integrations.on("integration.connected", (event) => some.push(event));
    bench.integrations.on("*", (event) => all.push(event));
    const { connection } = await connect(bench);
    expect(typesOf(some)).toEqual(["integration.connected"]);
    expect(some[0]).toMatchObject({ ...question, connectionId: connection?.id });
    expect(typesOf(all).sort()).toEqual([...connected].sort());
    expect(bench.events).toEqual(all);
  });

  it("gets none once it has ended, and one that ends twice harms no other", async () => {
    const bench = await setUp();
    const first: TenonEvent[] = [];
    const second: TenonEvent[] = [];
    const listener = (event: TenonEvent): unknown => first.push(event);
    const end = bench.integrations.on("*", listener);
    const endOther = bench.integrations.on("*", (event) => second.push(event));
    const endAgain = bench.integrations.on("*", listener);
    end();
    end();
    await start(bench);
    expect([first.length, second.length]).toEqual([1, 1]);
    endOther();
    endAgain();
    await start(bench);
    expect([first.length, second.length]).toEqual([1, 1]);
  });

  it("may end itself or another one while it is called", () => {
    const subscribers = new Subscribers();
    const heard: string[] = [];
    const endFirst = subscribers.on("*", () => {
      heard.push("first");
      endFirst();
      endSecond();
    });
    const endSecond = subscribers.on("*", () => heard.push("second"));
    subscribers.emit('{"type":"oauth.initiated"}');
    subscribers.emit('{"type":"oauth.initiated"}');
    expect(heard).toEqual(["first", "second"]);
  });

  it("breaks neither a flow nor another one by throwing, rejecting or changing an event", async () => {
    const bench = await setUp({
      onEvent: () => {
        throw new Error("thrown by onEvent");
      },
    });
    const heard: TenonEvent[] = [];
    bench.integrations.on("*", () => {
      throw new Error("thrown");
    });
    bench.integrations.on("*", async () => {
      throw new Error("rejected");
    });
    bench.integrations.on("*", (event) => {
      event.type = "changed";
    });
    bench.integrations.on("*", (event) => heard.push(event));
    expect((await connect(bench)).connection?.status).toBe("connected");
    expect(typesOf(heard).sort()).toEqual([...connected].sort());
  });

  it("is refused for a type that no event has, and for what is no function", async () => {
    const { integrations } = await setUp();
    for (const input of [["integration.conected", () => 0], ["*"], [undefined, () => 0]]) {
      expect(() => Reflect.apply(integrations.on, integrations, input)).toThrow(TenonError);
    }
  });

  it("is what an event is read for: without one its text is not touched", () => {
    const subscribers = new Subscribers();
    expect(() => subscribers.emit("no JSON")).not.toThrow();
    const end = subscribers.on("*", () => undefined);
    expect(() => subscribers.emit("no JSON")).toThrow(SyntaxError);
    end();
    expect(() => subscribers.emit("no JSON")).not.toThrow();
  });
});

describe("the types of events", () => {
  it("are those that the core tells of, no more and no fewer", () => {
    const src = fileURLToPath(new URL("../../src/flows/", import.meta.url));
    const texts = readdirSync(src).map((name) => readFileSync(join(src, name), "utf8"));
    const pattern = /"((?:integration|oauth|circuit|key)\.[a-z_]+)"/g;
    const told = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, type]) => type));
    expect([...new Set(told)].sort()).toEqual([...eventTypes].sort());
  });
});

describe("onFlow", () => {
  async function watched(): Promise<{ bench: Bench; reports: FlowReport[] }> {
    const reports: FlowReport[] = [];
    const bench = await setUp({ onFlow: (report) => reports.push(report) });
    return { bench, reports };
  }

  it("is told of every flow when it ends, before its caller", async () => {
    const { bench, reports } = await watched();
    await connect(bench);
    expect(reports.map(({ flow }) => flow)).toEqual(["connect", "callback"]);
    const token = bench.integrations.getAccessToken({ ...question, correlationId: "call-12345" });
    const seen = await token.then(() => reports.at(-1));
    const time = bench.clock.now;
    expect(seen).toEqual({ flow: "accessToken", time, durationMs: 0, correlationId: "call-12345" });
  });

  it("gets the code and reason of a failure", async () => {
    const { bench, reports } = await watched();
    await connect(bench);
    bench.clock.now += 3_600_000;
    bench.peer.answer(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
    const refused = bench.integrations.getAccessToken(question);
    await expect(refused).rejects.toThrow(TenonError);
    const failure = { code: "TOKEN_EXPIRED", reason: "grant_revoked" };
    expect(reports.at(-1)).toMatchObject({ flow: "accessToken", ...failure });
  });

  it("gets how long a flow took, its pauses among it", async () => {
    const { bench, reports } = await watched();
    await connect(bench);
    bench.clock.now += 3_600_000;
    const began = bench.clock.now;
    bench.peer.answer(() => new Response("", { status: 503 }));
    await bench.integrations.getAccessToken(question);
    expect(bench.clock.now).toBeGreaterThan(began);
    expect(reports.at(-1)).toMatchObject({ durationMs: bench.clock.now - began });
    expect(reports.at(-1)).not.toHaveProperty("code");
  });

  it("is told once of calls for a token that share a flow", async () => {
    const { bench, reports } = await watched();
    await connect(bench);
    reports.length = 0;
    const calls = Array.from({ length: 100 }, () => bench.integrations.getAccessToken(question));
    await Promise.all(calls);
    expect(reports).toHaveLength(1);
  });

  it("breaks no flow by throwing or rejecting", async () => {
    const bench = await setUp({
      onFlow: ({ flow }) => {
        if (flow === "connect") throw new Error("thrown");
        return Promise.reject(new Error("rejected"));
      },
    });
    expect((await connect(bench)).connection?.status).toBe("connected");
  });

  it("takes a clock that was set back for no time at all", async () => {
    const { bench, reports } = await watched();
    await connect(bench);
    const { get } = bench.storage;
    bench.storage.get = (keys) => {
      bench.clock.now -= 60_000;
      return get(keys);
    };
    await bench.integrations.getAccessToken(question);
    expect(reports.at(-1)?.durationMs).toBe(0);
  });
});
