import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "./browser.ts";
import { type Called, called, type Json, Stage } from "./stage.ts";

const path = "/v1/connections/refresh";

describe("refreshing many connections", () => {
  let stage: Stage;
  let ada: Browser;
  let connections: Json[];
  let foreign: Json;
  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn("ada");
    const grace = await stage.signIn("grace");
    connections = [
      await stage.connect(ada, "ada-1"),
      await stage.connect(grace, "grace"),
      await stage.connect(ada, "ada-2"),
    ];
    foreign = await foreignConnection();
  });
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.provider.faults.clear();
    stage.provider.requests.clear();
  });

  const foreignConnection = async (): Promise<Json> => {
    const fields = { userId: "ada", binding: "none" };
    const { body } = await stage.api("POST", "/v1/connect/practice", fields, stage.keys.globex);
    await (await fetch(await stage.consent(body.data), { redirect: "manual" })).body?.cancel();
    const list = "/v1/connections?userId=ada";
    return (await stage.api("GET", list, undefined, stage.keys.globex)).body.data.connections[0];
  };
  const named = (ids: string[]) => ids.map((connectionId) => ({ connectionId }));
  const idsOf = (list: Json[]): string[] => list.map(({ id }) => id);
  const outcomesOf = ({ status, body }: Called): Json[] => {
    expect(status).toBe(200);
    return body.data.outcomes;
  };
  const refreshes = () => stage.provider.requests.count("token");

  test("gives one outcome for each, in order, of any user of the organization", async () => {
    const ids = idsOf(connections);
    const fields = { connections: named(ids), force: true };
    const outcomes = outcomesOf(await stage.api("POST", path, fields));
    expect(outcomes.map(({ connectionId }) => connectionId)).toEqual(ids);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(outcomes.map(({ connection }) => connection.id)).toEqual(ids);
    expect(refreshes()).toBe(3);
  });

  test("leaves tokens alone that are not due, and refreshes a repeated one once", async () => {
    const [id = ""] = idsOf(connections);
    const twice = { connections: named([id, id]) };
    expect(outcomesOf(await stage.api("POST", path, twice))).toHaveLength(2);
    expect(refreshes()).toBe(0);
    expect(outcomesOf(await stage.api("POST", path, { ...twice, force: true }))).toHaveLength(2);
    expect(refreshes()).toBe(1);
  });

  test("lets one failure stand beside the successes, and keeps its cause inside [R60]", async () => {
    stage.provider.faults.set({ endpoint: "token", status: 400, times: 1, body: "{}" });
    const [id = "", other = ""] = idsOf(connections);
    const one = { connections: named([id]), force: true };
    const [failed] = outcomesOf(await stage.api("POST", path, one));
    expect(failed).toMatchObject({ connectionId: id, ok: false });
    expect(failed.error).toMatchObject({ code: "PROVIDER_ERROR", retryable: false });
    expect(failed.error).not.toHaveProperty("reason");
    const both = { connections: named([id, other]), force: true };
    const outcomes = outcomesOf(await stage.api("POST", path, both));
    expect(outcomes[1]).toMatchObject({ connectionId: other, ok: true });
  });

  test("finds nothing of another organization, nor what does not exist [R106]", async () => {
    const missing = `${foreign.id.slice(0, -4)}AAAA`;
    const ids = [foreign.id, missing, `con_${"A".repeat(22)}_AAAA`, "nonsense"];
    const fields = { connections: named(ids), force: true };
    const outcomes = outcomesOf(await stage.api("POST", path, fields));
    const errors = outcomes.map(({ error }) => error);
    expect(errors[0]).toMatchObject({ code: "INTEGRATION_NOT_FOUND", retryable: false });
    for (const error of errors) expect(error).toEqual(errors[0]);
    expect(refreshes()).toBe(0);
  });

  test("finds only its own user's for a session [R106]", async () => {
    const fields = { connections: named(idsOf(connections)), force: true };
    const outcomes = outcomesOf(await called(await ada.call("POST", path, fields)));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(outcomes[1].error.code).toBe("INTEGRATION_NOT_FOUND");
    expect(refreshes()).toBe(2);
  });

  test.each([
    ["no list", {}],
    ["a list that is too long", { connections: named(Array(501).fill("x")) }],
    ["an entry that is no object", { connections: ["x"] }],
    ["an unknown member of an entry", { connections: [{ connectionId: "x", userId: "y" }] }],
    ["an unknown member", { connections: [], maxRetries: 2 }],
  ])("is refused with %s [R109]", async (_, fields) => {
    const answer = await stage.api("POST", path, fields);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("VALIDATION_ERROR");
  });

  test.each([
    { maxRetries: 0 },
    { maxRetries: 11 },
    { maxRetries: 1.5 },
    { initialDelay: -1 },
    { maxDelay: 60_001 },
    { initialDelay: 2000, maxDelay: 1000 },
    { force: "yes" },
  ])("one by one is refused with %o [R109]", async (fields) => {
    const [id] = idsOf(connections);
    const answer = await stage.api("POST", `/v1/connections/${id}/refresh`, fields);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("VALIDATION_ERROR");
    expect(refreshes()).toBe(0);
  });

  test("one by one takes the caller's own number of tries", async () => {
    const connection = await stage.connect(await stage.signIn("alan"), "alan");
    stage.provider.requests.clear();
    stage.provider.faults.set({ endpoint: "token", status: 503, times: 10 });
    const fields = { force: true, maxRetries: 1 };
    const address = `/v1/connections/${connection.id}/refresh`;
    const answer = await stage.api("POST", address, fields);
    expect(answer.status).toBe(503);
    expect(answer.body.error).toMatchObject({ code: "TOKEN_REFRESH_ERROR", retryable: true });
    expect(refreshes()).toBe(1);
  });
});
