import { readFileSync } from "node:fs";
import { createMetrics, type Metrics } from "tenon/metrics";
import type { FlowReport, TenonEvent } from "tenon/service";
import { describe, expect, it } from "vitest";
import { type Family, readExposition } from "./exposition.ts";
import { connect, setUp } from "./service-bench.ts";

const event: TenonEvent = {
  id: "0123456789abcdef",
  type: "integration.refreshed",
  time: 0,
  organizationId: "acme",
  userId: "user-1",
  provider: "practice",
  connectionId: "con_1",
  correlationId: "call-1",
  ip: "",
  userAgent: "",
  durationMs: 0,
};
const report: FlowReport = { flow: "read", time: 0, durationMs: 5, correlationId: "call-1" };

function familyOf(metrics: Metrics, name: string): Family {
  const family = readExposition(metrics.text()).get(name);
  if (!family) throw new Error(`there is no ${name}`);
  return family;
}

// valuesOf gives the samples of a metric by their labels, as "a,b".
function valuesOf(metrics: Metrics, name: string): Record<string, number> {
  const samples = familyOf(metrics, name).samples.map(({ name: own, labels, value }) => {
    const suffix = own.slice(name.length);
    return [[...Object.values(labels), ...(suffix ? [suffix] : [])].join(), value];
  });
  return Object.fromEntries(samples);
}

const names: Record<string, string> = {
  tenon_refresh_total: "counter",
  tenon_refresh_attempts: "histogram",
  tenon_refresh_duration_seconds: "histogram",
  tenon_connections_total: "counter",
  tenon_errors_total: "counter",
  tenon_circuit_state: "gauge",
  tenon_flow_total: "counter",
  tenon_flow_duration_seconds: "histogram",
};

describe("the metrics", () => {
  it("are all there from the start, with help and type", () => {
    const metrics = createMetrics();
    const families = [...readExposition(metrics.text())];
    expect(Object.fromEntries(families.map(([name, { type }]) => [name, type]))).toEqual(names);
    expect(metrics.contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  it("count what a service does", async () => {
    const metrics = createMetrics();
    const bench = await setUp({ onEvent: metrics.record, onFlow: metrics.recordFlow });
    const { connection } = await connect(bench);
    const question = { connectionId: connection?.id };
    await bench.integrations.getAccessToken(question);
    bench.clock.now += 3_600_000;
    await bench.integrations.getAccessToken(question);
    bench.clock.now += 3_600_000;
    bench.peer.answer(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
    const ended = bench.integrations.getAccessToken(question);
    await expect(ended).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect(valuesOf(metrics, "tenon_refresh_total")).toMatchObject({ "practice,refreshed": 1 });
    expect(valuesOf(metrics, "tenon_connections_total")).toEqual({
      initiated: 1,
      connected: 1,
      expired: 1,
    });
    expect(valuesOf(metrics, "tenon_errors_total")).toEqual({ "TOKEN_EXPIRED,grant_revoked": 1 });
    expect(valuesOf(metrics, "tenon_flow_total")).toEqual({
      "connect,ok": 1,
      "callback,ok": 1,
      "accessToken,ok": 2,
      "accessToken,TOKEN_EXPIRED": 1,
    });
    const durations = valuesOf(metrics, "tenon_flow_duration_seconds");
    expect(durations["accessToken,_count"]).toBe(3);
  });

  it("tell refreshes that went well from those that failed and those that ended a grant", () => {
    const metrics = createMetrics();
    const failed = { ...event, type: "integration.error", code: "TOKEN_REFRESH_ERROR" };
    metrics.record({ ...event, attempts: 1, durationMs: 250 });
    metrics.record({ ...failed, attempts: 3, durationMs: 4000 });
    metrics.record({ ...event, type: "integration.expired", attempts: 1, durationMs: 90 });
    // Neither is a refresh: a revocation that failed, a refresh token whose time is over.
    metrics.record({ ...failed, code: "DISCONNECT_ERROR" });
    metrics.record({ ...event, type: "integration.expired" });
    // It will be told of again, once its tokens are stored.
    metrics.record({ ...failed, code: "DATABASE_ERROR", reason: "pair_held", attempts: 1 });
    expect(valuesOf(metrics, "tenon_refresh_total")).toEqual({
      "practice,refreshed": 1,
      "practice,failed": 1,
      "practice,ended": 1,
    });
    const attempts = valuesOf(metrics, "tenon_refresh_attempts");
    expect(attempts).toMatchObject({ "practice,1,_bucket": 2, "practice,3,_bucket": 3 });
    expect(attempts).toMatchObject({ "practice,_sum": 5, "practice,_count": 3 });
    const seconds = valuesOf(metrics, "tenon_refresh_duration_seconds");
    expect(seconds["practice,_sum"]).toBeCloseTo(4.34);
    expect(Object.keys(valuesOf(metrics, "tenon_errors_total"))).toHaveLength(3);
  });

  it("put a value on a bound below it, and one above all into the last bucket", () => {
    const metrics = createMetrics();
    for (const durationMs of [0, 5, 5.001, 30_000, 30_001]) {
      metrics.recordFlow({ ...report, durationMs });
    }
    for (const durationMs of [-5, Number.NaN, Infinity]) {
      metrics.recordFlow({ ...report, durationMs });
    }
    const buckets = valuesOf(metrics, "tenon_flow_duration_seconds");
    expect(buckets["read,0.005,_bucket"]).toBe(3);
    expect(buckets["read,0.01,_bucket"]).toBe(4);
    expect(buckets["read,30,_bucket"]).toBe(5);
    expect(buckets["read,+Inf,_bucket"]).toBe(6);
  });

  it("say for how many organizations a circuit is open", () => {
    const metrics = createMetrics();
    const at = (organizationId: string, type: string): void =>
      metrics.record({ ...event, type, organizationId });
    at("acme", "circuit.opened");
    at("acme", "circuit.opened");
    at("globex", "circuit.opened");
    expect(valuesOf(metrics, "tenon_circuit_state")).toEqual({ practice: 2 });
    at("acme", "circuit.closed");
    at("unheard", "circuit.closed");
    expect(valuesOf(metrics, "tenon_circuit_state")).toEqual({ practice: 1 });
  });
});

describe("the labels of metrics", () => {
  const vectors = new URL("../vectors/strings/blns.json", import.meta.url);
  const nasty = JSON.parse(readFileSync(vectors, "utf8")) as string[];

  it("are escaped, so that whatever is in them adds no line [R58]", () => {
    for (const text of [...nasty, 'a"b\\c\nd', "\r\u2028\u202e\u001b[2J", "\ud800", "__proto__"]) {
      const metrics = createMetrics();
      metrics.record({ ...event, provider: text, code: text, reason: text, attempts: 1 });
      metrics.recordFlow({ ...report, flow: text as never });
      // Besides the line feeds at its lines' ends, the text holds nothing that is hidden.
      expect(metrics.text()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const { samples } = familyOf(metrics, "tenon_errors_total");
      const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
      const cut = text.slice(0, 64);
      const kept = cut.replace(hidden, (each) => (each === "\n" ? each : "\ufffd"));
      expect(samples).toEqual(
        text === ""
          ? []
          : [{ name: "tenon_errors_total", labels: { code: kept, reason: kept }, value: 1 }],
      );
    }
  });

  it("take bounded room: the last combinations are counted as one", () => {
    const metrics = createMetrics({ seriesMax: 10 });
    for (let i = 0; i < 1000; i++) {
      metrics.record({ ...event, provider: `p${i}`, attempts: 1 });
      metrics.record({ ...event, type: "circuit.opened", provider: `p${i}` });
      metrics.recordFlow({ ...report, flow: `f${i}` as never });
    }
    const totals = valuesOf(metrics, "tenon_refresh_total");
    expect(Object.keys(totals)).toHaveLength(11);
    expect(totals["other,other"]).toBe(990);
    expect(totals["p9,refreshed"]).toBe(1);
    expect(Object.keys(valuesOf(metrics, "tenon_circuit_state"))).toHaveLength(11);
    expect(valuesOf(metrics, "tenon_flow_duration_seconds")["other,_count"]).toBe(990);
    expect(() => createMetrics({ seriesMax: 0 })).toThrow(/seriesMax/);
  });
});

describe("the reader of the format in these tests", () => {
  const head = "# HELP m A metric.\n# TYPE m ";

  it.each([
    ["a text without an end", `${head}counter\nm 1`],
    ["a sample without a type", "m 1\n"],
    ["a sample of another metric", `${head}counter\nn 1\n`],
    ["a sample that comes twice", `${head}counter\nm 1\nm 1\n`],
    ["a label value with a bare quote", `${head}counter\nm{a="b"c"} 1\n`],
    ["an unknown escape", `${head}counter\nm{a="\\t"} 1\n`],
    ["a label that comes twice", `${head}counter\nm{a="b",a="c"} 1\n`],
    ["no number", `${head}counter\nm one\n`],
    ["a negative counter", `${head}counter\nm -1\n`],
    ["a metric that comes twice", `${head}counter\nm 1\n${head}counter\n`],
    ["a histogram without +Inf", `${head}histogram\nm_bucket{le="1"} 1\nm_sum 1\nm_count 1\n`],
    [
      "a histogram that falls",
      `${head}histogram\nm_bucket{le="1"} 2\nm_bucket{le="+Inf"} 1\nm_sum 1\nm_count 1\n`,
    ],
  ])("refuses %s", (_name, text) => {
    expect(() => readExposition(text)).toThrow();
  });
});
