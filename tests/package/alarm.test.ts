import { wakeByAlarm } from "tenon/hosts/cloudflare";
import { describe, expect, it } from "vitest";

// An object's one alarm, whose calls take a turn of the loop each.
function alarmStorage({ failures = 0 } = {}) {
  let alarm: number | null = null;
  let left = failures;
  return {
    alarm: () => alarm,
    getAlarm: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      if (left-- > 0) throw new Error("storage is away");
      return alarm;
    },
    setAlarm: async (at: number) => {
      await new Promise((resolve) => setTimeout(resolve));
      alarm = at;
    },
  };
}

describe("waking by an object's one alarm", () => {
  it("keeps the earliest of times asked for at once", async () => {
    for (const times of [
      [3000, 1000, 2000],
      [1000, 2000, 3000],
      [3000, 2000, 1000],
    ]) {
      const storage = alarmStorage();
      const wake = wakeByAlarm(storage);
      await Promise.all(times.map((at) => wake(at)));
      expect(storage.alarm()).toBe(1000);
    }
  });

  it("goes on after a failure, which its own caller is told", async () => {
    const storage = alarmStorage({ failures: 1 });
    const wake = wakeByAlarm(storage);
    const [first, second] = [wake(1000), wake(2000)];
    await expect(first).rejects.toThrow("storage is away");
    await second;
    expect(storage.alarm()).toBe(2000);
  });
});
