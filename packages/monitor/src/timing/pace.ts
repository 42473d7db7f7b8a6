/** How many looks in a row must be slow before looks become less frequent. */
const SLOW_LOOKS = 8;
/** The longest interval, however slow the looks are: a source that hangs may work again. */
const INTERVAL_LIMIT_MS = 60_000;

/** Tells how often to look, so that looking takes no more than its share of a core. */
export class Pace {
  readonly #leastMs: number;
  readonly #cpuShare: number;
  readonly #affordableMs: number;
  #slowMs: number[] = [];
  #wasAffordable = false;
  /** From the beginning of one look to the next. */
  intervalMs: number;

  constructor(leastMs: number, cpuShare: number) {
    this.#leastMs = leastMs;
    this.#cpuShare = cpuShare;
    this.#affordableMs = leastMs * cpuShare;
    this.intervalMs = leastMs;
  }

  /** True when the last look was within the share. */
  get isAffordable(): boolean {
    return this.#slowMs.length === 0;
  }

  /**
   * Takes note of a look. Of several slow looks the shortest is what a look costs: other processes, or the first
   * compilation, kept the others waiting.
   */
  lookTook(ms: number): void {
    if (ms <= this.#affordableMs) {
      this.#wasAffordable = true;
      this.intervalMs = this.#leastMs;
      if (this.#slowMs.length > 0) this.#slowMs = [];
      return;
    }
    this.#slowMs.push(ms);
    if (this.#slowMs.length > SLOW_LOOKS) this.#slowMs.shift();
    if (this.#wasAffordable && this.#slowMs.length < SLOW_LOOKS) return;
    const affordable = Math.min(...this.#slowMs) / this.#cpuShare;
    this.intervalMs = Math.max(this.#leastMs, Math.min(affordable, INTERVAL_LIMIT_MS));
  }
}
