import { logLine } from "tenon/log";

export type LogRecord = Record<string, unknown>;

/** Log takes one record; it never throws. */
export type Log = (record: LogRecord) => void;

/** describeDefect tells where something unexpected was thrown. Its message is left out: engines
 * quote the text they stumbled over, and that may be a secret. */
export function describeDefect(thrown: unknown): LogRecord {
  if (!(thrown instanceof Error)) return { reason: typeof thrown };
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const inner = thrown.cause === undefined ? undefined : describeDefect(thrown.cause);
  return { reason: thrown.name, at: frames.slice(0, 5).map((line) => line.trim()), inner };
}

/** consoleLog writes records to the runtime's standard output. */
export const consoleLog: Log = (record) => {
  console.log(logLine({ time: new Date().toISOString(), ...record }));
};
