/** Counts rings, and lets a test wait for them. */
export class Bell {
  count = 0;
  #waiting: (() => void)[] = [];

  readonly ring = (): void => {
    this.count++;
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** The next ring. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** When nothing has rung for a while. */
  async quiet(ms = 100): Promise<void> {
    for (;;) {
      const before = this.count;
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (this.count === before) return;
    }
  }
}
