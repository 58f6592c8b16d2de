// Log lines are one-line JSON. Whatever a stranger puts into a name or a header, a line stays
// one line and a terminal shows it as it is.

const textMax = 1000;

// Controls, line separators, zero-width and bidirectional marks, byte order mark.
const unsafe = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

export type LogRecord = Record<string, unknown>;

/** Log takes one record; it never throws. */
export type Log = (record: LogRecord) => void;

/** logLine gives the one-line text of a record; long strings are cut at 1,000 characters. */
export function logLine(record: LogRecord): string {
  const text = JSON.stringify(record, (_name, value) =>
    typeof value === "string" && value.length > textMax ? `${value.slice(0, textMax)}…` : value,
  );
  return text.replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

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
