/** The time from one look to the next if rings come in a burst. */
const GATHER_MS = 2;

/**
 * Lets one look run at a time: at once when somebody waits for it or when it rings out of silence, and once for all rings
 * that follow soon after.
 */
export class LookScheduler<T> {
  readonly #look: () => Promise<T>;
  readonly #isNews: (found: T) => boolean;
  readonly #gatherLimitMs: () => number;
  #gatherMs = GATHER_MS;
  #beganAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer rings. */
  #dueAt = Number.POSITIVE_INFINITY;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;
  #looking = 0;
  #stopped = false;

  /**
   * @param isNews whether a look that was rung for was worth it
   * @param gatherLimitMs if rings bring nothing new, as those for clients' sockets do, the time from one look to the next
   *   doubles up to this. Those that are sure do not wait for it
   */
  constructor(look: () => Promise<T>, isNews: (found: T) => boolean, gatherLimitMs: () => number) {
    this.#look = look;
    this.#isNews = isNews;
    this.#gatherLimitMs = gatherLimitMs;
  }

  /** It may be time to look, or is so for sure. Rings during a look are followed by another look. */
  ring(isSure = false): void {
    if (this.#stopped || this.#next !== undefined) return;
    const dueAt = this.#beganAt + (isSure ? GATHER_MS : this.#gatherMs);
    if (this.#timer !== undefined && dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, dueAt - performance.now());
    this.#dueAt = dueAt;
    // A look right behind another one would leave the event loop to nobody else.
    if (waitMs > 0 || this.#looking > 0) this.#timer = setTimeout(() => this.#answerRing(), waitMs);
    else this.#answerRing();
  }

  /** Whether nobody looks, or is about to. */
  get isIdle(): boolean {
    return this.#looking === 0 && this.#next === undefined && this.#timer === undefined;
  }

  /** A look that begins after this call; callers that come before it begins share it. */
  lookNow(): Promise<T> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      this.#beganAt = performance.now();
      this.#looking++;
      const look = this.#look().finally(() => this.#looking--);
      this.#running = look.catch(() => undefined);
      return look;
    });
    return this.#next;
  }

  /** No ring has an effect any more; resolves when the look that runs is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #answerRing(): void {
    this.lookNow().then(
      (found) => {
        const longerMs = Math.min(2 * this.#gatherMs, this.#gatherLimitMs());
        this.#gatherMs = this.#isNews(found) ? GATHER_MS : Math.max(longerMs, GATHER_MS);
      },
      // Whoever rings does not wait for the result; the look itself reports what goes wrong.
      () => undefined,
    );
  }
}
