const FIRST_MS = 1000;
const LIMIT_MS = 60_000;

/** Tells when to try again what failed: a second later, then two, up to a minute. */
export class BackOff {
  #waitMs = 0;
  #retryAt = 0;

  /** True when it may be tried, as at first. */
  get isDue(): boolean {
    // Most never fail, and to read the clock costs more than all the rest.
    return this.#retryAt === 0 || performance.now() >= this.#retryAt;
  }

  /** A failure long after the last one is a first one. */
  failed(): void {
    const now = performance.now();
    const isFirst = this.#waitMs === 0 || now > this.#retryAt + LIMIT_MS;
    this.#waitMs = isFirst ? FIRST_MS : Math.min(2 * this.#waitMs, LIMIT_MS);
    this.#retryAt = now + this.#waitMs;
  }

  succeeded(): void {
    this.#waitMs = 0;
    this.#retryAt = 0;
  }
}
