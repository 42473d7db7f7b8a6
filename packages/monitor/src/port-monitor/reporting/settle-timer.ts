/** When a listener has settled, and what is to happen then. */
export interface SettleTimerOptions {
  /** How long a listener has to be open before it is told of. */
  readonly settleMs: number;
  /** Whether to wait for that keeps the process alive. */
  readonly persistent: boolean;
  readonly onSettled: () => void;
}

/** Waits until the next of some listeners has been open for long enough. */
export class SettleTimer {
  readonly #options: SettleTimerOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: SettleTimerOptions) {
    this.#options = options;
  }

  /** Waits for the oldest of these, and for nothing else any more. */
  waitFor(listeners: ReadonlySet<{ readonly since: number }>): void {
    clearTimeout(this.#timer);
    if (listeners.size === 0 || this.#isStopped) return;
    const { settleMs, persistent, onSettled } = this.#options;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { since } of listeners) oldest = Math.min(oldest, since);
    this.#timer = setTimeout(onSettled, Math.max(0, oldest + settleMs - performance.now()));
    if (!persistent) this.#timer.unref();
  }

  /** Waits for nothing from now on. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}
