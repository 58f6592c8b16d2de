import { loadTenon, type TenonError } from "tenon";
import { createMemoryStorage } from "tenon/hosts/memory";
import {
  type AuditEntry,
  createIntegrations,
  type Effect,
  type Integrations,
  type IntegrationsOptions,
  type TenonEvent,
  verifyAudit,
} from "tenon/service";
import { describe, expect, it } from "vitest";
import { createFakeProvider, provider } from "./fake-provider.ts";

const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1)).toString("base64url");
const keys = [{ id: 1, secret }];
const begin = Date.UTC(2026, 10, 21);

async function setUp(changes: Partial<IntegrationsOptions> = {}) {
  const peer = createFakeProvider();
  const events: TenonEvent[] = [];
  const api: { answer?: () => Response; calls: number } = { calls: 0 };
  const integrations = await createIntegrations({
    storage: createMemoryStorage({ now: () => begin }),
    keys,
    providers: [provider],
    fetch: async (url, init) => {
      if (init.method === "GET") api.calls += 1;
      return init.method === "GET" && api.answer ? api.answer() : peer.fetch(url, init);
    },
    onEvent: (event) => events.push(event),
    now: () => begin,
    wake: () => undefined,
    sleep: async () => undefined,
    ...changes,
  });
  return { integrations, peer, events, api };
}

async function connect(
  { integrations, peer }: Awaited<ReturnType<typeof setUp>>,
  caller: { userId: string; organizationId?: string },
): Promise<string> {
  const started = await integrations.initiateOAuthFlow({ provider: "practice", ...caller });
  const cookie = `${started.cookie?.name}=${started.cookie?.value}`;
  const query = peer.consent(started.authUrl);
  const done = await integrations.handleOAuthCallback({ provider: "practice", query, cookie });
  return done.connection?.id ?? "";
}

describe("checkHealth", () => {
  it("says how a connection does, with dates", async () => {
    const bench = await setUp();
    const connectionId = await connect(bench, { userId: "user-1" });
    expect(await bench.integrations.checkHealth({ connectionId })).toEqual({
      connectionId,
      healthy: true,
      status: "connected",
      reason: null,
      lastCheckedAt: new Date(begin),
      errorRate: 0,
      consecutiveFailures: 0,
      predictedExpiry: { accessToken: new Date(begin + 3_600_000), refreshToken: null },
      nextAction: "none",
      history: [{ time: new Date(begin), ok: true, failure: "", durationMs: 0 }],
    });
  });

  it("shows a broken connection in the list, until it works again", async () => {
    const bench = await setUp();
    const connectionId = await connect(bench, { userId: "user-1" });
    bench.api.answer = () => new Response("{}", { status: 403 });
    const report = await bench.integrations.checkHealth({ connectionId });
    expect(report).toMatchObject({ healthy: false, errorRate: 1, nextAction: "check_provider" });
    const [shown] = await bench.integrations.getConnectedIntegrations("user-1");
    expect(shown).toMatchObject({ status: "error", reason: "access_forbidden" });
    delete bench.api.answer;
    const mended = await bench.integrations.checkHealth({ connectionId });
    expect(mended).toMatchObject({ healthy: true, status: "connected", errorRate: 0.5 });
    const told = bench.events.filter(({ type }) => type === "integration.health_changed");
    expect(told.map(({ reason }) => reason)).toEqual(["access_forbidden", undefined]);
  });

  it("refuses a period of less than a minute", async () => {
    await expect(setUp({ healthEveryMs: 1000 })).rejects.toMatchObject({
      code: "CONFIGURATION_ERROR",
    });
  });
});

describe("checkAllHealth", () => {
  it("gives one outcome for each connection, at most 4 at a time", async () => {
    let running = 0;
    let most = 0;
    const names = Array.from({ length: 9 }, (_, n) => `account-${n}`);
    const peerName = { next: "" };
    const bench = await setUp({
      onEffect: async (effect: Effect) => {
        if (effect.kind !== "fetch" || effect.exchange.method !== "GET") return;
        running += 1;
        most = Math.max(most, running);
        await new Promise((done) => setTimeout(done, 5));
        running -= 1;
      },
    });
    bench.api.answer = () => Response.json({ sub: peerName.next });
    for (const name of names) {
      peerName.next = name;
      await connect(bench, { userId: "user-1" });
    }
    most = 0;
    peerName.next = "account-3";
    const outcomes = await bench.integrations.checkAllHealth("user-1");
    expect(outcomes).toHaveLength(names.length);
    expect(outcomes.filter((each) => each.ok && each.health.healthy)).toHaveLength(1);
    expect(most).toBe(4);
  });

  it("keeps a failed check beside the others", async () => {
    let broken = "";
    const storage = createMemoryStorage({ now: () => begin });
    const bench = await setUp({
      storage: {
        ...storage,
        list: (range) => storage.list(range),
        get: (wanted) => storage.get(wanted),
        commit: (batch) => {
          if (batch.writes.some(({ key }) => broken && key === `health/${broken}`)) {
            throw new Error("disk full");
          }
          return storage.commit(batch);
        },
      },
    });
    bench.api.answer = () => Response.json({ sub: "one" });
    await connect(bench, { userId: "user-1" });
    bench.api.answer = () => Response.json({ sub: "two" });
    broken = await connect(bench, { userId: "user-1" });
    const outcomes = await bench.integrations.checkAllHealth("user-1");
    const failed = outcomes.filter(({ ok }) => !ok) as {
      connectionId: string;
      error: TenonError;
    }[];
    expect(outcomes).toHaveLength(2);
    expect(failed.map(({ connectionId, error }) => [connectionId, error.code])).toEqual([
      [broken, "DATABASE_ERROR"],
    ]);
  });
});

describe("the audit log", () => {
  const fill = async (integrations: Integrations, connectionId: string, count: number) => {
    for (let n = 0; n < count; n += 1) {
      await integrations.refreshToken({ connectionId, force: true });
    }
  };

  it("[R109] tells of what was done, by whom, and holds no secret", async () => {
    const bench = await setUp();
    const connectionId = await connect(bench, { userId: "user-1" });
    const caller = { connectionId, ip: "192.0.2.7", correlationId: "call-1" };
    await bench.integrations.refreshToken({ ...caller, force: true });
    const { entries, head, nextCursor } = await bench.integrations.audit.list();
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect([head.seq, nextCursor]).toEqual([3, null]);
    const last = JSON.parse(entries[2]?.text ?? "").event as TenonEvent;
    expect(last).toMatchObject({
      ...caller,
      type: "integration.refreshed",
      attempts: 1,
      durationMs: 0,
    });
    expect(bench.events.map(({ id }) => id)).toContain(last.id);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });

  it("is whole over many pages, and from where it was verified before", async () => {
    const { integrations, ...bench } = await setUp();
    const connectionId = await connect({ integrations, ...bench }, { userId: "user-1" });
    await fill(integrations, connectionId, 150);
    const proof = await integrations.audit.verify();
    expect(proof).toMatchObject({ ok: true, head: { seq: 152 } });
    await fill(integrations, connectionId, 2);
    const after = proof.ok ? proof.head : { seq: 0, hash: "" };
    expect(await integrations.audit.verify({ after })).toMatchObject({ head: { seq: 154 } });
    const wrong = { seq: after.seq, hash: "0".repeat(64) };
    expect(await integrations.audit.verify({ after: wrong })).toMatchObject({ ok: false });
  });

  it("lists an organization its own entries, and verifies all of them", async () => {
    const bench = await setUp();
    await connect(bench, { userId: "user-1", organizationId: "red" });
    await connect(bench, { userId: "user-1", organizationId: "blue" });
    const { audit } = bench.integrations;
    const seqs = async (input: object) => (await audit.list(input)).entries.map(({ seq }) => seq);
    expect(await seqs({ organizationId: "red" })).toEqual([1, 2]);
    expect(await seqs({ organizationId: "blue" })).toEqual([3, 4]);
    expect(await seqs({ organizationId: "green" })).toEqual([]);
    expect(await seqs({ all: true })).toEqual([1, 2, 3, 4]);
    expect(await audit.verify()).toMatchObject({ ok: true, head: { seq: 4 } });
  });

  it("shows offline where entries were changed, dropped, moved or cut off", async () => {
    const tenon = await loadTenon();
    const { integrations, ...bench } = await setUp();
    await fill(integrations, await connect({ integrations, ...bench }, { userId: "user-1" }), 4);
    const { entries, head } = await integrations.audit.list();
    const [a, b, c, d, e, f] = entries as [
      AuditEntry,
      AuditEntry,
      AuditEntry,
      AuditEntry,
      AuditEntry,
      AuditEntry,
    ];
    const changed = (entry: AuditEntry) => ({
      ...entry,
      text: entry.text.replace("user-1", "user-2"),
    });
    const verify = (list: AuditEntry[]) => verifyAudit(tenon, list, { head });
    expect(verify(entries)).toEqual({ ok: true, head });
    expect(verify([a, b, changed(c), d, e, f])).toEqual({ ok: false, seq: 3, problem: "changed" });
    expect(verify([a, b, c, d, e, changed(f)])).toEqual({ ok: false, seq: 6, problem: "changed" });
    expect(verify([a, b, d, e, f])).toEqual({ ok: false, seq: 3, problem: "missing" });
    expect(verify([a, b, c, d, e])).toEqual({ ok: false, seq: 6, problem: "missing" });
    expect(verify([a, b, c, b, d, e, f])).toEqual({ ok: false, seq: 2, problem: "reordered" });
    const renumbered = { seq: 3, text: d.text };
    expect(verify([a, b, renumbered])).toEqual({ ok: false, seq: 3, problem: "changed" });
    const alone = verifyAudit(tenon, [c, d], { after: { seq: 2, hash: "1".repeat(64) } });
    expect(alone).toEqual({ ok: false, seq: 2, problem: "changed" });
  });
});
