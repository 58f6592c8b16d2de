import { useSyncExternalStore } from "react";
import { clockNow, watchClock } from "../clock";

/**
 * useClock gives what `read` makes of the current second. The component renders again only when
 * that value changes, so `read` has to give a primitive.
 */
export function useClock<T extends string | number | boolean | null>(read: (now: number) => T): T {
  return useSyncExternalStore(watchClock, () => read(clockNow()));
}
