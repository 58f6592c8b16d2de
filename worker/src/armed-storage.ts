import type { Storage } from "tenon/service";

const dueKey = /^due\/([0-9]{16})\//;

/** armedStorage sets the timer before it stores a row of timed work. A crash between the two
 * leaves a timer that finds nothing to do, never work that nothing will wake. */
export function armedStorage(storage: Storage, wake: (at: number) => Promise<void>): Storage {
  return {
    get: (keys) => storage.get(keys),
    list: (range) => storage.list(range),
    async commit(batch) {
      const times = batch.writes.flatMap((write) => {
        const time = "value" in write ? dueKey.exec(write.key)?.[1] : undefined;
        return time === undefined ? [] : [Number(time)];
      });
      if (times.length > 0) await wake(Math.min(...times));
      return storage.commit(batch);
    },
  };
}
