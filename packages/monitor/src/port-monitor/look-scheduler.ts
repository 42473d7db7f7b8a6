/** How long after the first ring a look begins, so that a burst of rings is one look. */
const GATHER_MS = 2;

/** Lets one look run at a time: soon after a ring, or at once when somebody waits for it. */
export class LookScheduler<T> {
  readonly #look: () => Promise<T>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;
  #stopped = false;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  /** It may be time to look. Rings during a look are followed by another look. */
  ring(): void {
    if (this.#stopped || this.#timer !== undefined || this.#next !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // Whoever rings does not wait for the result; the look itself reports what goes wrong.
      this.lookNow().catch(() => undefined);
    }, GATHER_MS);
  }

  /** It is time to look, and no burst is to be expected. */
  tick(): void {
    if (!this.#stopped) this.lookNow().catch(() => undefined);
  }

  /** A look that begins after this call; callers that come before it begins share it. */
  lookNow(): Promise<T> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const look = this.#look();
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
}
