import type { DueResult } from "./types.js";

// The timer of a host that brings none: it calls runDue not later than it was asked to.

// A process that ended may have left work behind, so a new one looks soon, and every instance looks
// now and then: several may share a store. An early look finds nothing due and costs two reads.
const firstLookMs = 1000;
const lookMs = 300_000;

const retryMs = 1000;

// A look that takes longer than this was lost with whatever it ran in, such as an ended request.
const lostMs = 900_000;

export interface DueTimerOptions {
  now(): number;
  run(): Promise<DueResult>;
}

// DueTimer keeps one timer, set to the earliest time asked for. It never throws; a run that fails is
// tried again, later each time.
export class DueTimer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  // at is when the timer fires, Infinity while there is none.
  #at = Infinity;
  #runningSince: number | undefined;
  // again says that the timer fired while a run was under way.
  #again = false;
  #failures = 0;
  #started = false;
  #closed = false;

  constructor(private readonly options: DueTimerOptions) {}

  // start plans the first look. It may be called before every flow: workerd allows no timer outside of
  // a request, so the first attempt can come to nothing.
  start(): void {
    if (!this.#started) this.#started = this.#arm(this.options.now() + firstLookMs);
  }

  // wake asks for a run at a time in ms since 1970.
  wake(at: number): void {
    const now = this.options.now();
    // A timer that should have fired long ago is gone, as with the request that armed it.
    if (this.#at <= at && this.#at > now - lookMs) return;
    this.#arm(at);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #arm(at: number): boolean {
    if (this.#closed) return false;
    clearTimeout(this.#timer);
    const now = this.options.now();
    this.#at = Math.min(at, now + lookMs);
    try {
      this.#timer = setTimeout(() => this.#fire(), Math.max(this.#at - now, 0));
    } catch {
      this.#at = Infinity;
      return false;
    }
    // A timer alone is no reason for a process to stay. In browsers and workerd it is a number.
    const timer: { unref?(): void } | number = this.#timer;
    if (typeof timer === "object") timer.unref?.();
    return true;
  }

  #fire(): void {
    const now = this.options.now();
    this.#at = Infinity;
    const since = this.#runningSince;
    this.#again = since !== undefined && now - since < lostMs;
    // If this run gets lost, that is the timer that finds out.
    this.#arm(now + lookMs);
    if (this.#again) return;
    this.#runningSince = now;
    this.options.run().then(
      (result) => this.#ended(this.#afterRun(result)),
      () => this.#ended(this.options.now() + backoff(++this.#failures)),
    );
  }

  // Work that is due but could not be had, because another instance is at it, is not asked for in a
  // tight loop.
  #afterRun({ done, next }: DueResult): number {
    this.#failures = 0;
    const now = this.options.now();
    if (this.#again) return now;
    return Math.max(next ?? Infinity, done > 0 ? now : now + retryMs);
  }

  #ended(next: number): void {
    this.#runningSince = undefined;
    this.wake(next);
  }
}

function backoff(failures: number): number {
  return Math.min(retryMs * 2 ** (failures - 1), lookMs);
}
