// One clock for the page: it ticks on whole seconds, only while someone watches and the page is
// visible, and follows the server's time where this machine's clock is clearly wrong.

const toleratedSkewMs = 5_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let skewMs = 0;
let current = Date.now();

/** clockNow is the time of the last tick, in ms since 1970 by the server's clock. */
export function clockNow(): number {
  return current;
}

/** noteServerTime takes the time that a reply carried; text that is no date is passed over. */
export function noteServerTime(iso: string): void {
  const ahead = Date.parse(iso) - Date.now();
  if (Number.isNaN(ahead)) return;
  skewMs = Math.abs(ahead) > toleratedSkewMs ? ahead : 0;
}

/** watchClock calls the listener after every tick until the returned function is called. */
export function watchClock(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", restart);
    restart();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", restart);
  };
}

function restart(): void {
  clearTimeout(timer);
  if (document.hidden) return;
  current = Date.now() + skewMs;
  for (const listener of listeners) listener();
  timer = setTimeout(restart, 1_000 - (current % 1_000));
}
