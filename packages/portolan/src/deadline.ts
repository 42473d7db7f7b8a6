/** What setTimeout takes; longer than these 24 days nobody waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * A signal that is aborted when time is up, or before that together with another one.
 *
 * (`AbortSignal.any` with `AbortSignal.timeout` may be collected, and then never fires, in Node 20.)
 */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #earlier: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #expire = () => this.#abort.abort();

  /** @param ms Infinity for no time limit at all */
  constructor(ms: number, earlier: AbortSignal) {
    this.#earlier = earlier;
    if (Number.isFinite(ms)) this.#timer = setTimeout(this.#expire, Math.min(ms, LONGEST_MS));
    earlier.addEventListener('abort', this.#expire);
    if (earlier.aborted) this.#expire();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** It is not waited for any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#earlier.removeEventListener('abort', this.#expire);
  }
}
