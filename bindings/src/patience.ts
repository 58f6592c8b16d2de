// Patience is a deadline for several waits, one after another. It keeps the process alive until it is
// over or ended: work that is waited for must not be cut off.
export class Patience {
  isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #over: Promise<undefined>;

  constructor(ms: number) {
    this.#over = new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.isOver = true;
        resolve(undefined);
      }, ms);
    });
  }

  // until gives what the work gives, or undefined when the deadline comes first.
  until<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.#over]);
  }

  // pause waits so many milliseconds, or until the deadline.
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const done = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await this.until(done);
    clearTimeout(timer);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
