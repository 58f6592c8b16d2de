import { invalid } from "./errors.js";

// Instant is a moment: a Date or milliseconds since 1970.
export type Instant = Date | number;

// textMax bounds every text argument, in characters.
const textMax = 2048;

// text passes a text argument on. Throws VALIDATION_ERROR naming it when it is no text or too long.
export function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value.length > textMax) {
    throw invalid(name, `must be text of at most ${textMax} characters.`);
  }
  return value;
}

// filled is text that must not be empty.
export function filled(value: unknown, name: string): string {
  if (value === "") throw invalid(name, "must not be empty.");
  return text(value, name);
}

// millis gives the milliseconds of an instant. Throws VALIDATION_ERROR for anything but a finite one.
export function millis(value: Instant, name: string): number {
  const ms =
    typeof value === "number" ? value : value instanceof Date ? value.getTime() : Number.NaN;
  return bounded(ms, name, -8.64e15, 8.64e15);
}

// bounded passes a number between two bounds on.
export function bounded(value: unknown, name: string, low: number, high: number): number {
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw invalid(name, `must be a number from ${low} to ${high}.`);
  }
  return value;
}
