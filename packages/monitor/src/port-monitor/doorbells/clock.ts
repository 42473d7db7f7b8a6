import type { Doorbell, DoorbellOptions, Ring } from './doorbell.js';

/** Rings at an interval, which may be changed while it runs. Counts steady time: a clock that is set changes nothing. */
export class ClockDoorbell implements Doorbell {
  readonly name = 'clock';
  /** The time between two rings, in milliseconds; a change counts from the next ring on. */
  intervalMs: number;
  readonly #persistent: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, { persistent }: DoorbellOptions) {
    this.intervalMs = intervalMs;
    this.#persistent = persistent;
  }

  async start(ring: Ring): Promise<void> {
    this.#wait(ring);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
  }

  #wait(ring: Ring): void {
    this.#timer = setTimeout(() => {
      // Before the ring, which may be what stops this clock.
      this.#wait(ring);
      ring();
    }, this.intervalMs);
    if (!this.#persistent) this.#timer.unref();
  }
}
