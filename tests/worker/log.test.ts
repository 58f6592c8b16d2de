import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { consoleLog, type LogRecord } from "../../worker/src/log.ts";

// lineOf gives what a record becomes on standard output.
function lineOf(record: LogRecord): string {
  const written = vi.spyOn(console, "log").mockImplementation(() => undefined);
  consoleLog(record);
  return String(written.mock.lastCall?.[0]);
}

afterEach(() => vi.restoreAllMocks());

describe("a log line", () => {
  const vectors = new URL("../vectors/strings/blns.json", import.meta.url);
  const nasty = [
    ...(JSON.parse(readFileSync(vectors, "utf8")) as string[]),
    "a\r\nb",
    "\u001b[31mred",
    "\u0001\u0085\u009b",
    "\u202egnp.exe",
    "\u2066\u2069\u200f\ufeff\u2028",
    "\ud800",
  ];

  test("stays one line of plain JSON for whatever is in it [R58]", () => {
    for (const text of nasty) {
      const line = lineOf({ event: text, [text]: text });
      expect(line).not.toMatch(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
      const read = JSON.parse(line) as { event: string };
      expect(read.event).toBe(text.length > 1000 ? `${text.slice(0, 1000)}…` : text);
    }
  });

  test("cuts texts longer than 1,000 characters", () => {
    const cut = (text: string): string => JSON.parse(lineOf({ a: text })).a;
    expect(cut("x".repeat(1000))).toBe("x".repeat(1000));
    expect(cut("x".repeat(1001))).toBe(`${"x".repeat(1000)}…`);
  });
});
