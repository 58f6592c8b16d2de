import { readFileSync } from "node:fs";
import { createLog } from "tenon/log";
import type { FlowReport, TenonEvent } from "tenon/service";
import { describe, expect, it } from "vitest";
import { connect, setUp } from "./service-bench.ts";

const vectors = new URL("../vectors/strings/blns.json", import.meta.url);
const nasty = [
  ...(JSON.parse(readFileSync(vectors, "utf8")) as string[]),
  "a\r\nb",
  "\u001b[31mred\u001b[0m",
  "\u009b31mred",
  "\u0001\u007f\u0085",
  "\u202egnp.exe\u2066\u2069\u061c",
  "\u2028\u2029\u200b\ufeff",
  "\u{e0041}\u{e007f}",
  "\ud800",
  "\udc00",
];

const event: TenonEvent = {
  id: "0123456789abcdef",
  type: "integration.error",
  time: Date.UTC(2026, 10, 21),
  organizationId: "acme",
  userId: "user-1",
  provider: "practice",
  connectionId: "con_1",
  correlationId: "call-1",
  ip: "192.0.2.1",
  userAgent: "a browser",
  code: "TOKEN_REFRESH_ERROR",
  reason: "cooling_down",
  attempts: 3,
  durationMs: 1200,
};
const report: FlowReport = {
  flow: "accessToken",
  time: Date.UTC(2026, 10, 21),
  durationMs: 12,
  correlationId: "call-1",
};

// What a line shows: everything that is neither hidden nor a line's end.
const shown = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;

const shortened = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);

function lines(): { log: ReturnType<typeof createLog>; written: string[] } {
  const written: string[] = [];
  return { log: createLog((line) => written.push(line)), written };
}

describe("the log", () => {
  it("writes one line of JSON for each event and flow", () => {
    const { log, written } = lines();
    log.record(event);
    log.recordFlow(report);
    log.recordFlow({ ...report, code: "DATABASE_ERROR", reason: "record_changed" });
    const { type, time, ...about } = event;
    const head = { time: "2026-11-21T00:00:00.000Z" };
    const flow = { flow: "accessToken", durationMs: 12, correlationId: "call-1" };
    expect(written.map((line) => JSON.parse(line))).toEqual([
      { ...head, level: "warn", event: type, ...about },
      { ...head, level: "info", ...flow },
      { ...head, level: "error", ...flow, code: "DATABASE_ERROR", reason: "record_changed" },
    ]);
  });

  it("writes each line whole and plain, whatever is in any field, and it reads back [R58]", () => {
    const { log, written } = lines();
    const fields = Object.entries(event).filter(([name]) => name !== "time");
    expect(nasty.length).toBeGreaterThan(500);
    for (const text of nasty) {
      for (const [name, value] of fields) {
        log.record({ ...event, [name]: typeof value === "string" ? text : value, [text]: text });
        log.recordFlow({ ...report, flow: text as never, correlationId: text, reason: text });
      }
    }
    const all = written.join("\n");
    expect(all.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(written.length);
    expect(written.filter((line) => !shown.test(line))).toEqual([]);
    let at = 0;
    for (const text of nasty) {
      for (const [name, value] of fields) {
        const read = JSON.parse(written[at] ?? "") as Record<string, unknown>;
        const member = name === "type" ? "event" : name;
        const wanted = typeof value === "string" ? shortened(text) : value;
        expect(Object.is(read[member], wanted)).toBe(true);
        expect(JSON.parse(written[at + 1] ?? "")).toMatchObject({ reason: shortened(text) });
        at += 2;
      }
    }
  });

  it("cuts texts that are longer than 1,000 characters", () => {
    const { log, written } = lines();
    log.record({ ...event, userAgent: "x".repeat(1000) });
    log.record({ ...event, userAgent: "x".repeat(1001) });
    const [whole, cut] = written.map((line) => (JSON.parse(line) as TenonEvent).userAgent);
    expect(whole).toBe("x".repeat(1000));
    expect(cut).toBe(`${"x".repeat(1000)}…`);
  });

  it("follows a service by correlation ids, and holds none of its secrets [R56]", async () => {
    const { log, written } = lines();
    const bench = await setUp({ onEvent: log.record, onFlow: log.recordFlow });
    await connect(bench);
    const who = { userId: "user-1", provider: "practice" };
    bench.clock.now += 3_600_000;
    await bench.integrations.getAccessToken({
      ...who,
      correlationId: "call-refresh",
      userAgent: "curl\r\n\u001b[2J",
    });
    const refresh = written.filter((line) => line.includes("call-refresh"));
    const [first, second] = refresh.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ event: "integration.refreshed", userAgent: "curl\r\n\u001b[2J" });
    expect(second).toMatchObject({ flow: "accessToken", durationMs: expect.any(Number) });
    expect(refresh).toHaveLength(2);
    expect(written.join("\n")).not.toContain("canary");
  });
});
