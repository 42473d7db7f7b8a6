import type { Doorbell, DoorbellOptions, Ring } from '../doorbell.js';

/** Rings at an interval, which may be changed while it runs. Counts steady time: a clock that is set changes nothing. */
export class ClockDoorbell implements Doorbell {
  readonly name = 'clock';
  readonly #persistent: boolean;
  #intervalMs: number;
  #ring: Ring | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, { persistent }: DoorbellOptions) {
    this.#intervalMs = intervalMs;
    this.#persistent = persistent;
  }

  /** The time between two rings, in milliseconds. A longer one counts from the next ring on, a shorter one from now. */
  set intervalMs(ms: number) {
    const isShorter = ms < this.#intervalMs;
    this.#intervalMs = ms;
    if (isShorter && this.#ring !== undefined) this.#wait(this.#ring);
  }

  async start(ring: Ring): Promise<void> {
    this.#ring = ring;
    this.#wait(ring);
  }

  async stop(): Promise<void> {
    this.#ring = undefined;
    clearTimeout(this.#timer);
  }

  #wait(ring: Ring): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Before the ring, which may be what stops this clock.
      this.#wait(ring);
      ring();
    }, this.#intervalMs);
    if (!this.#persistent) this.#timer.unref();
  }
}
