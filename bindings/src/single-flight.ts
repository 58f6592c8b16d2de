// Waiter is one caller of a flight. Its signal ends its own wait only, with the error of cancelled.
export interface Waiter {
  signal: AbortSignal | undefined;
  cancelled(): Error;
}

interface Flight<T> {
  result: Promise<T>;
  // stop is there when the first caller may leave; until then nobody has to be counted. Made only
  // then: a controller costs more than a whole call with a fresh token.
  stop: AbortController | undefined;
  waiting: number;
}

// SingleFlight lets concurrent callers with the same question share one run and its outcome, failures
// too (R36). A run is stopped only when every one of its callers has left.
export class SingleFlight<T> {
  readonly #running = new Map<string, Flight<T>>();

  // run gives the outcome of the run with this key, started when there is none. start gets a signal
  // when its callers can all leave.
  run(
    key: string,
    start: (signal: AbortSignal | undefined) => Promise<T>,
    waiter: Waiter,
  ): Promise<T> {
    if (waiter.signal?.aborted) return Promise.reject(waiter.cancelled());
    const flight = this.#running.get(key) ?? this.#start(key, start, waiter.signal !== undefined);
    if (!waiter.signal && !flight.stop) return flight.result;
    return this.#wait(key, flight, waiter);
  }

  // forget lets later callers begin anew: what a run under way has read may be out of date by now.
  forget(): void {
    this.#running.clear();
  }

  #start(
    key: string,
    start: (signal: AbortSignal | undefined) => Promise<T>,
    mayLeave: boolean,
  ): Flight<T> {
    const stop = mayLeave ? new AbortController() : undefined;
    const flight = { result: start(stop?.signal), stop, waiting: 0 };
    this.#running.set(key, flight);
    // Registered before any caller's own continuation: whoever has heard the outcome starts anew.
    const ended = (): void => this.#remove(key, flight);
    flight.result.then(ended, ended);
    return flight;
  }

  #wait(key: string, flight: Flight<T>, { signal, cancelled }: Waiter): Promise<T> {
    flight.waiting++;
    if (!signal) return flight.result;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(cancelled());
        if (--flight.waiting > 0 || !flight.stop) return;
        this.#remove(key, flight);
        flight.stop.abort();
      };
      const stay = (): void => signal.removeEventListener("abort", leave);
      signal.addEventListener("abort", leave, { once: true });
      flight.result.then(resolve, reject).then(stay);
    });
  }

  #remove(key: string, flight: Flight<T>): void {
    if (this.#running.get(key) === flight) this.#running.delete(key);
  }
}
