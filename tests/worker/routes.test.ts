import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey } from "../../worker/keys.mjs";
import { Stage } from "./stage.ts";
import { openSuite, type Suite } from "./suite.ts";

interface RouteRow {
  method: string;
  path: string;
  access: { open: string } | { scope: string; session: boolean };
}

// The written list of what needs no credential. Whoever adds to it does so here, too.
const open = [
  "GET /health",
  "GET /ready",
  "GET /v1/callback/:provider",
  "POST /v1/callback/:provider",
  "POST /v1/sessions/browser",
];

describe("the route table", () => {
  let suite: Suite;
  let stage: Stage;
  let rows: RouteRow[];
  beforeAll(async () => {
    suite = await openSuite();
    stage = await Stage.open();
    rows = await suite.ask("/routes");
  });
  afterAll(async () => {
    await suite.close();
    await stage.close();
  });

  const addressOf = ({ path }: RouteRow) =>
    path.replace(":provider", "practice").replace(":id", `con_${"A".repeat(22)}_x`);

  test("opens exactly the written routes without a credential [R104]", () => {
    const opened = rows.filter((row) => "open" in row.access);
    expect(opened.map((row) => `${row.method} ${row.path}`).sort()).toEqual([...open].sort());
  });

  test("answers 401 on every other route to no credential and to wrong ones [R104]", async () => {
    const wrong = [
      {},
      { authorization: "Bearer nonsense" },
      { authorization: `Bearer ${stage.keys.acme.slice(0, -1)}` },
      { authorization: `Bearer tenon_${"A".repeat(43)}_AAAAAA` },
      { authorization: `Bearer ses_${"A".repeat(22)}_${"A".repeat(43)}` },
      { authorization: `Basic ${btoa(`user:${stage.keys.acme}`)}` },
      { cookie: `tenon-session=${stage.keys.acme}` },
      { cookie: `tenon-session=ses_${"A".repeat(22)}_${"A".repeat(43)}` },
    ] as Record<string, string>[];
    const closed = rows.filter((row) => !("open" in row.access));
    expect(closed.length).toBeGreaterThan(5);
    for (const row of closed) {
      for (const headers of wrong) {
        const answer = await fetch(stage.url + addressOf(row), { method: row.method, headers });
        const title = `${row.method} ${row.path} ${JSON.stringify(headers)}`;
        expect(answer.status, title).toBe(401);
        expect(answer.headers.get("www-authenticate"), title).toBe("Bearer");
        await answer.body?.cancel();
      }
    }
  });

  test("answers 403 to a key that lacks the route's scope [R105]", async () => {
    for (const row of rows) {
      if ("open" in row.access || row.access.scope === "connections:read") continue;
      const answer = await stage.api(row.method, addressOf(row), undefined, stage.keys.reader);
      expect(answer.status, `${row.method} ${row.path}`).toBe(403);
      expect(answer.body.error.code).toBe("FORBIDDEN");
    }
  });

  test("answers 401 to a key from the moment it expires [R105]", async () => {
    const keyUntil = (id: string, expiresAt: number) => {
      const { key, entry } = createApiKey({ id, scopes: ["connections:read"] });
      return { key, entry: { ...entry, expiresAt: new Date(expiresAt).toISOString() } };
    };
    const good = keyUntil("good", Date.now() + 3_600_000);
    const over = keyUntil("over", Date.now() - 1000);
    const soon = keyUntil("soon", Date.now() + 8000);
    const keys = [good, over, soon].map(({ entry }) => entry);
    const other = await Stage.open({ env: { TENON_API_KEYS: JSON.stringify(keys) } });
    const status = async ({ key }: { key: string }) =>
      (await other.api("GET", "/v1/providers", undefined, key)).status;
    expect(await status(good)).toBe(200);
    expect(await status(over)).toBe(401);
    expect(await status(soon)).toBe(200);
    await expect.poll(() => status(soon), { timeout: 20_000 }).toBe(401);
    await other.close();
  });

  test("keeps sessions away from tokens and from making sessions [R59]", async () => {
    const browser = await stage.signIn("ada");
    const connection = await stage.connect(browser);
    const token = await browser.call("GET", `/v1/connections/${connection.id}/token`);
    expect(token.status).toBe(403);
    const session = await browser.call("POST", "/v1/sessions", { userId: "ada" });
    expect(session.status).toBe(403);
  });

  test("answers 404 in the envelope for everything else under /v1", async () => {
    const { acme } = stage.keys;
    for (const [method, path] of [
      ["GET", "/v1"],
      ["GET", "/v1/"],
      ["GET", "/v1/nothing"],
      ["PUT", "/v1/connections"],
      ["DELETE", "/v1/providers"],
      ["GET", "/v1/connections/a/b/c"],
      ["OPTIONS", "/v1/connections"],
    ] as const) {
      const answer = await stage.api(method, path, undefined, acme);
      expect(answer.status, `${method} ${path}`).toBe(404);
      expect(answer.body, path).toMatchObject({ success: false, error: { retryable: false } });
    }
  });

  test("sends the security headers with every kind of answer [R112]", async () => {
    for (const path of ["/health", "/v1/none", "/v1/callback/practice?code=x&state=y"]) {
      const { headers } = await fetch(stage.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).toContain("frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("takes over a plain correlation id and makes its own for any other", async () => {
    const ask = async (id: string) => {
      const answer = await fetch(`${stage.url}/health`, { headers: { "x-correlation-id": id } });
      return answer.headers.get("x-correlation-id");
    };
    expect(await ask("my-request_0001")).toBe("my-request_0001");
    for (const id of ["short", "x".repeat(65), "with space", "<script>alert"]) {
      expect(await ask(id), id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
