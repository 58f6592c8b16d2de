import type { Storage } from "tenon/service";

const prefix = "due/";
const dueKey = /^due\/([0-9]{16})\//;

function dueTime(key: string): number | undefined {
  const time = dueKey.exec(key)?.[1];
  return time === undefined ? undefined : Number(time);
}

/** firstDue gives the time of the earliest timed work, or undefined when there is none. */
export async function firstDue(storage: Storage): Promise<number | undefined> {
  const [row] = await storage.list({ prefix, limit: 1 });
  return row && dueTime(row.key);
}

/** armedStorage sets the timer before it stores a row of timed work. A crash between the two
 * leaves a timer that finds nothing to do, never work that nothing will wake. */
export function armedStorage(storage: Storage, wake: (at: number) => Promise<void>): Storage {
  return {
    get: (keys) => storage.get(keys),
    list: (range) => storage.list(range),
    async commit(batch) {
      const times = batch.writes.flatMap((write) => {
        const time = "value" in write ? dueTime(write.key) : undefined;
        return time === undefined ? [] : [time];
      });
      if (times.length > 0) await wake(Math.min(...times));
      return storage.commit(batch);
    },
  };
}
