import type { FetchFunction } from "tenon/service";
import { describe, expect, it } from "vitest";
import { createFakeProvider } from "./fake-provider.ts";
import { type Bench, connect, setUp } from "./service-bench.ts";

const question = { userId: "user-1", provider: "practice" };
const api = "https://api.example/v1/things";

interface ApiCall {
  url: string;
  authorization: string | null;
  init: RequestInit;
  body: string;
}

interface ApiBench extends Bench {
  calls: ApiCall[];
  refreshes(): number;
}

// apiBench connects an account to a provider with an API whose answers the test gives.
async function apiBench(
  answer: (call: ApiCall, count: number) => Response | Promise<Response>,
): Promise<ApiBench> {
  const peer = createFakeProvider();
  const calls: ApiCall[] = [];
  const fetch: FetchFunction = async (url, init) => {
    if (!url.startsWith("https://api.example/")) return peer.fetch(url, init);
    const authorization = new Headers(init.headers).get("authorization");
    const { body = null } = init;
    const call = { url, init, authorization, body: await new Response(body).text() };
    calls.push(call);
    return answer(call, calls.length);
  };
  const bench = { ...(await setUp({ fetch })), peer };
  await connect(bench);
  const refreshes = (): number => peer.requests.filter((each) => each === "POST /token").length - 1;
  return { ...bench, calls, refreshes };
}

const refuse = (): Response => new Response("token expired", { status: 401 });
const tokenOf = (number: number): string => `Bearer canary-access-${number}-abcdefghijkl`;

describe("calling an API for an account", () => {
  it("[R32] sends the token in the Authorization header and nowhere else", async () => {
    const { integrations, calls } = await apiBench(() => Response.json({ things: 3 }));
    const headers = { "x-trace": "7", authorization: "Bearer of-the-caller" };
    const request = { method: "POST", headers, body: '{"a":1}' };
    const answer = await integrations.fetch(question, `${api}?page=2`, request);
    expect(await answer.json()).toEqual({ things: 3 });
    expect(calls).toHaveLength(1);
    const [call] = calls;
    expect(call).toMatchObject({
      url: `${api}?page=2`,
      authorization: tokenOf(1),
      body: '{"a":1}',
    });
    expect(new Headers(call?.init.headers).get("x-trace")).toBe("7");
    expect(call?.init).toMatchObject({ method: "POST", redirect: "manual" });
  });

  it("[R32] gets one newer token after a 401 and repeats the call once", async () => {
    const { integrations, calls, refreshes } = await apiBench(({ authorization }) =>
      authorization === tokenOf(2) ? new Response("fine") : refuse(),
    );
    const answer = await integrations.fetch(question, new URL(api), { method: "PUT", body: "b" });
    expect(await answer.text()).toBe("fine");
    expect(calls.map(({ authorization, body }) => [authorization, body])).toEqual([
      [tokenOf(1), "b"],
      [tokenOf(2), "b"],
    ]);
    expect(refreshes()).toBe(1);
  });

  it("[R32] makes exactly 2 calls and 1 refresh when the API always answers 401", async () => {
    const { integrations, calls, refreshes } = await apiBench(refuse);
    const answer = await integrations.fetch(question, api);
    expect([answer.status, await answer.text()]).toEqual([401, "token expired"]);
    expect(calls).toHaveLength(2);
    expect(refreshes()).toBe(1);
  });

  it("[R32] refreshes once for many calls that are refused at the same time", async () => {
    const { integrations, calls, refreshes } = await apiBench(({ authorization }) =>
      authorization === tokenOf(1) ? refuse() : new Response("fine"),
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => integrations.fetch(question, api)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(calls).toHaveLength(100);
    expect(refreshes()).toBe(1);
  });

  it("[R32] does not send a stream twice and gives the 401", async () => {
    const { integrations, calls, refreshes } = await apiBench(refuse);
    const body = new Blob(["once"]).stream();
    const answer = await integrations.fetch(question, api, { method: "POST", body });
    expect(await answer.text()).toBe("token expired");
    expect(calls.map((call) => call.body)).toEqual(["once"]);
    expect(refreshes()).toBe(0);
  });

  it.each([
    ["bytes", new Uint8Array([104, 105])],
    ["a buffer", new Uint8Array([104, 105]).buffer],
    ["a blob", new Blob(["hi"])],
    ["parameters", new URLSearchParams({ hi: "" })],
  ])("[R32] sends %s again after a 401", async (_name, body) => {
    const { integrations, calls } = await apiBench(refuse);
    await integrations.fetch(question, api, { method: "POST", body });
    expect(calls).toHaveLength(2);
    expect(calls[1]?.body).toBe(calls[0]?.body);
    expect(calls[1]?.body).toMatch(/^hi=?$/);
  });

  it("[R32] gives the API's own 401 when there is no newer token", async () => {
    const { integrations, calls, peer } = await apiBench(refuse);
    peer.answer(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
    const answer = await integrations.fetch(question, api);
    expect([answer.status, await answer.text()]).toEqual([401, "token expired"]);
    expect(calls).toHaveLength(1);
  });

  it("[R32] follows no redirect and gives it to the caller", async () => {
    const moved = { status: 307, headers: { location: "https://evil.example/" } };
    const { integrations, calls } = await apiBench(() => new Response("", moved));
    const answer = await integrations.fetch(question, api);
    expect(answer.status).toBe(307);
    expect(calls).toHaveLength(1);
    const follow = [question, api, { redirect: "follow" }];
    await expect(Reflect.apply(integrations.fetch, undefined, follow)).rejects.toMatchObject({
      code: "VALIDATION_ERROR",
    });
  });

  it.each([
    "http://api.example/",
    "http://127.0.0.1/",
    "https://user:password@api.example/",
    "/v1/things",
    "ftp://api.example/",
    "",
    undefined,
  ])("[R32] refuses the address %s before it asks for a token", async (address) => {
    const bench = await apiBench(refuse);
    const before = bench.peer.requests.length;
    const call = Reflect.apply(bench.integrations.fetch, undefined, [question, address]);
    await expect(call).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    expect([bench.calls.length, bench.peer.requests.length]).toEqual([0, before]);
  });

  it("calls this machine by plain http where loopback is allowed", async () => {
    const heard: string[] = [];
    const storageOf = await apiBench(refuse);
    const { integrations } = await setUp({
      storage: storageOf.storage,
      allowLoopbackHttp: true,
      fetch: async (url) => {
        heard.push(url);
        return new Response("local");
      },
    });
    const answer = await integrations.fetch(question, "http://127.0.0.1:8080/x");
    expect([await answer.text(), heard]).toEqual(["local", ["http://127.0.0.1:8080/x"]]);
  });

  it("says NETWORK_ERROR when the API does not answer, without what the failure quotes", async () => {
    const { integrations } = await apiBench(() => {
      throw new TypeError(`fetch failed: ${tokenOf(1)}`, { cause: { code: "ECONNREFUSED" } });
    });
    const call = integrations.fetch({ ...question, correlationId: "call-7" }, api);
    const error = await call.catch((thrown) => thrown);
    expect(error).toMatchObject({
      name: "TenonError",
      code: "NETWORK_ERROR",
      retryable: true,
      correlationId: "call-7",
      metadata: { network: "refused" },
    });
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify(error) + error.stack).not.toContain("canary");
  });

  it("ends with CONFLICT when its caller leaves", async () => {
    const leaving = new AbortController();
    const { integrations } = await apiBench(({ init }) => {
      leaving.abort();
      return Promise.reject(init.signal?.reason);
    });
    const call = integrations.fetch(question, api, { signal: leaving.signal });
    await expect(call).rejects.toMatchObject({ code: "CONFLICT" });
  });
});
