import { truncateText } from '../../render/text-width.js';

/** Erases the line (EL, ECMA-48). */
const ERASE_LINE = '\r\x1b[2K';

/** A line on standard error that says what the wait is for, and how long it has lasted. Only a terminal gets it. */
export class ProgressLine {
  readonly #text: () => string;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param text gives what the wait is for, and is called every second */
  constructor(text: () => string) {
    this.#text = text;
    if (!process.stderr.isTTY || process.env.TERM === 'dumb') return;
    this.#write();
    this.#timer = setInterval(() => this.#write(), 1000);
  }

  /** Erases the line. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    process.stderr.write(ERASE_LINE);
  }

  #write(): void {
    const seconds = Math.floor((performance.now() - this.#start) / 1000);
    const time = ` (${seconds} s)`;
    // The last column stays empty: some terminals wrap after it. A terminal without a size says 0.
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(`${ERASE_LINE}${truncateText(this.#text(), width - time.length)}${time}`);
  }
}
