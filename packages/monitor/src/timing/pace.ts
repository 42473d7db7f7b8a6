/** So many looks in a row must be slow before they are made less often. */
const SLOW_LOOKS = 8;
/** Not less often, however slow they are: a source that hangs may work again. */
const INTERVAL_LIMIT_MS = 60_000;

/** How often to look, so that looking takes no more than its share of a core. */
export class Pace {
  readonly #leastMs: number;
  readonly #cpuShare: number;
  readonly #affordableMs: number;
  #slowMs: number[] = [];
  #wasAffordable = false;
  /** From one look to the next. */
  intervalMs: number;

  constructor(leastMs: number, cpuShare: number) {
    this.#leastMs = leastMs;
    this.#cpuShare = cpuShare;
    this.#affordableMs = leastMs * cpuShare;
    this.intervalMs = leastMs;
  }

  /** Whether the last look was within the share. */
  get isAffordable(): boolean {
    return this.#slowMs.length === 0;
  }

  /**
   * To be told of each look. The shortest is what a look costs; the others were kept waiting by other processes, or by the
   * first compilation.
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
