import { describe, expect, it } from "vitest";
import { formatDuration } from "../../web/src/duration.ts";

const second = 1_000;
const hour = 3_600 * second;

describe("a countdown", () => {
  it.each([
    [-5, "0:00"],
    [0, "0:00"],
    [1, "0:01"],
    [59 * second, "0:59"],
    [59 * second + 1, "1:00"],
    [hour - second, "59:59"],
    [hour, "1:00:00"],
    [24 * hour - second, "23:59:59"],
    [24 * hour, "1 d 0 h"],
    [52 * hour, "2 d 4 h"],
  ])("writes %i ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
