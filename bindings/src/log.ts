import type { ErrorCode } from "./errors.js";
import { hidden } from "./hidden.js";
import type { TenonEvent } from "./host.js";
import type { FlowReport } from "./types.js";

export type { FlowReport, TenonEvent };

export type LogLevel = "info" | "warn" | "error";

// Log writes a line for each event and each flow. Both may be passed on as functions.
export interface Log {
  record(event: TenonEvent): void;
  recordFlow(report: FlowReport): void;
}

const textMax = 1000;

const levels: ReadonlyMap<string, LogLevel> = new Map([
  ["oauth.failed", "warn"],
  ["integration.expired", "warn"],
  ["integration.error", "warn"],
  ["circuit.opened", "warn"],
  ["key.missing", "error"],
]);

// The failures that the operator has to look at; the others are a caller's or a provider's.
const ownFailures: ReadonlySet<ErrorCode> = new Set([
  "CONFIGURATION_ERROR",
  "DATABASE_ERROR",
  "INTERNAL_ERROR",
]);

// createLog makes a log of one-line JSON: time (ISO 8601), level, then event or flow, and what is
// known of it. Whatever a name or header holds, a line stays one line, a terminal shows it as it is,
// and JSON.parse gives it back; texts are cut at 1,000 characters. write takes a line without its end.
export function createLog(write: (line: string) => unknown = console.log): Log {
  return {
    record: ({ type, time, ...about }) => {
      const level = levels.get(type) ?? "info";
      write(logLine({ time: timeOf(time), level, event: type, ...about }));
    },
    recordFlow: ({ flow, time, ...about }) => {
      write(logLine({ time: timeOf(time), level: levelOf(about.code), flow, ...about }));
    },
  };
}

function levelOf(code: ErrorCode | undefined): LogLevel {
  if (code === undefined) return "info";
  return ownFailures.has(code) ? "error" : "warn";
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

// logLine writes a record as such a line.
export function logLine(record: object): string {
  return JSON.stringify(record, shorten).replace(hidden, escaped);
}

function shorten(_name: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= textMax) return value;
  return `${value.slice(0, textMax)}…`;
}

// JSON knows characters by their UTF-16 units.
function escaped(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((unit) => `\\u${unit}`).join("");
}
