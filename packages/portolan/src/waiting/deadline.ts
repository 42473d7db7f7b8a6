/** The longest time that setTimeout takes, some 24 days. Nobody waits longer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * A signal that is aborted when a time is over, or when another signal is aborted before.
 *
 * It stands in for `AbortSignal.any` with `AbortSignal.timeout`, which Node 20 may collect before it fires.
 */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #earlier: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #expire = () => this.#abort.abort();

  /**
   * @param ms Infinity for no time limit
   * @param earlier the signal that may abort this one before
   */
  constructor(ms: number, earlier: AbortSignal) {
    this.#earlier = earlier;
    if (Number.isFinite(ms)) this.#timer = setTimeout(this.#expire, Math.min(ms, LONGEST_MS));
    earlier.addEventListener('abort', this.#expire);
    if (earlier.aborted) this.#expire();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Lets go of the timer and of the other signal. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#earlier.removeEventListener('abort', this.#expire);
  }
}
