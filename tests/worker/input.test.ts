import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { called, type Json, Stage } from "./stage.ts";

describe("what the API takes in", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  const post = async (path: string, body: BodyInit, type = "application/json") => {
    const headers = { authorization: `Bearer ${stage.keys.acme}`, "content-type": type };
    return called(await fetch(stage.url + path, { method: "POST", headers, body }));
  };
  const session = (fields: object) => stage.api("POST", "/v1/sessions", fields);

  test("has no unknown fields, in bodies or queries [R109]", async () => {
    const body = await session({ userId: "ada", admin: true });
    expect(body.status).toBe(400);
    expect(body.body.error).toMatchObject({ code: "VALIDATION_ERROR", field: "admin" });
    const query = await stage.api("GET", "/v1/connections?userId=ada&all=1");
    expect(query.body.error).toMatchObject({ code: "VALIDATION_ERROR", field: "all" });
    const twice = await stage.api("GET", "/v1/connections?userId=ada&userId=eve");
    expect(twice.body.error).toMatchObject({ code: "VALIDATION_ERROR", field: "userId" });
    for (const name of ["__proto__", "constructor", "toString"]) {
      const odd = await post("/v1/sessions", `{"userId":"ada","${name}":{}}`);
      expect(odd.status, name).toBe(400);
      const asked = await stage.api("GET", `/v1/connections?userId=ada&${name}=x`);
      expect(asked.body.error, name).toMatchObject({ code: "VALIDATION_ERROR", field: name });
    }
  });

  test("names no member twice, whatever JSON.parse thinks of it [R80]", async () => {
    const twice = ['{"userId":"ada","userId":"eve"}', '{"userId":"ada","user\\u0049d":"eve"}'];
    for (const text of twice) expect((await post("/v1/sessions", text)).status, text).toBe(400);
    const nested = '{"userId":"ada","metadata":{"a":[{"b":1,"c":"}\\"","b":2}]}}';
    expect((await post("/v1/connect/practice", nested)).body.error.field).toBe("b");
    const apart = '{"userId":"ada","metadata":{"a":{"b":1},"c":{"b":2},"b":"a"}}';
    expect((await post("/v1/connect/practice", apart)).status).toBe(201);
  });

  test("is nested at most 64 deep [R79]", async () => {
    const nested = (depth: number) =>
      `{"userId":"ada","metadata":${'{"a":'.repeat(depth - 1)}1${"}".repeat(depth - 1)}}`;
    expect((await post("/v1/connect/practice", nested(60))).status).toBe(201);
    expect((await post("/v1/connect/practice", nested(65))).status).toBe(400);
    const brackets = `{"userId":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    expect((await post("/v1/sessions", brackets)).status).toBe(400);
  });

  test("is JSON, by type and by content", async () => {
    const fields = '{"userId":"ada"}';
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      expect((await post("/v1/sessions", fields, type)).status, type).toBe(415);
    }
    const typed = await post("/v1/sessions", fields, "application/json; charset=utf-8");
    expect(typed.status).toBe(201);
    for (const text of ["", "{", "[]", "null", '"x"', `${fields},`, "\ufeff{}", "{'a':1}"]) {
      expect((await post("/v1/sessions", text)).status, text).toBe(400);
    }
  });

  test("is UTF-8 without lone surrogates [R81]", async () => {
    const broken = Buffer.concat([
      Buffer.from('{"userId":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect((await post("/v1/sessions", broken)).status).toBe(400);
    expect((await post("/v1/sessions", '{"userId":"\\ud800"}')).status).toBe(400);
  });

  test("is at most 64 KiB, also where no length is declared [R82]", async () => {
    const filled = (size: number) => {
      const head = '{"userId":"ada"';
      return `${head}${" ".repeat(size - head.length - 1)}}`;
    };
    expect((await post("/v1/sessions", filled(65_536))).status).toBe(201);
    expect((await post("/v1/sessions", filled(65_537))).status).toBe(413);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(32));
        if (sent > 64 << 20) controller.close();
      },
    });
    const answer = await fetch(`${stage.url}/v1/sessions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${stage.keys.acme}`,
        "content-type": "application/json",
      },
      body: endless,
      duplex: "half",
    } as RequestInit).catch(() => undefined);
    if (answer) expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(64 << 20);
  });

  test("has a limit on every field: at it accepted, above it refused [R82]", async () => {
    const status = async (fields: object) =>
      (await stage.api("POST", "/v1/connect/practice", { userId: "ada", ...fields })).status;
    expect((await session({ userId: "\u00e9".repeat(64) })).status).toBe(201);
    expect((await session({ userId: `${"\u00e9".repeat(64)}x` })).status).toBe(400);
    expect((await session({ userId: "" })).status).toBe(400);
    expect((await session({ userId: "a\nb" })).status).toBe(400);
    const scopes = (count: number) => Array.from({ length: count }, () => "openid");
    expect(await status({ scopes: scopes(100) })).toBe(201);
    expect(await status({ scopes: scopes(101) })).toBe(400);
    const metadata = (size: number) => ({ text: "x".repeat(size - '{"text":""}'.length) });
    expect(await status({ metadata: metadata(16_384) })).toBe(201);
    expect(await status({ metadata: metadata(16_385) })).toBe(400);
    const path = (size: number) => `/${"x".repeat(size - 1)}`;
    expect(await status({ redirectUrl: path(2048) })).toBe(201);
    expect(await status({ redirectUrl: path(2049) })).toBe(400);
    expect(await status({ binding: "off" })).toBe(400);
    for (const limit of ["0", "101", "x", "-1", "1e2"]) {
      const page = await stage.api("GET", `/v1/connections?userId=ada&limit=${limit}`);
      expect(page.status, limit).toBe(400);
    }
  });

  test("keeps odd user names apart and byte-equal, and on one log line each [R58] [R81]", async () => {
    const vectors = new URL("../vectors/strings/blns.json", import.meta.url);
    const names: string[] = JSON.parse(readFileSync(vectors, "utf8"));
    const usable = names.filter(
      (name) => name !== "" && Buffer.byteLength(name) <= 128 && !/\p{Cc}/u.test(name),
    );
    const check = async (name: string) => {
      const { body } = await session({ userId: name });
      const headers = { authorization: `Bearer ${body.data?.token}`, "user-agent": "odd" };
      const current = await called(await fetch(`${stage.url}/v1/sessions/current`, { headers }));
      expect(current.body.data?.userId, JSON.stringify(name)).toBe(name);
    };
    for (let at = 0; at < usable.length; at += 16) {
      await Promise.all(usable.slice(at, at + 16).map(check));
    }
    const connecting = usable.filter((_name, at) => at % 5 === 0);
    for (const name of connecting) {
      await stage.api("POST", "/v1/connect/practice", { userId: name });
    }
    const lines = stage.worker.logs.filter((line) => line !== "");
    const records = lines.map((line) => JSON.parse(line) as Json);
    const initiated = records.filter((record) => record.event === "oauth.initiated");
    const logged = new Set(initiated.map((record) => record.userId));
    expect(connecting.filter((name) => !logged.has(name))).toEqual([]);
    const unsafe = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
    expect(lines.filter((line) => unsafe.test(line))).toEqual([]);
  });
});
