import type { Listener } from '../../listener.js';
import type { SiteReader } from '../../places/site-reader.js';
import type { ChainAnswer } from '../../sources/chain.js';
import { difference, union } from '../difference.js';

/** A look that is sure of what closed. */
export interface SureLook {
  readonly answer: ChainAnswer;
  /** Equal by identity to what was seen before if nothing changed. */
  readonly listeners: readonly Listener[];
}

/** Is told what looking costs, in milliseconds. */
export interface LookCosts {
  tookMs(ms: number): void;
}

/** Looks at a site, and looks again before it believes that something closed. */
export class ConfirmedLook {
  readonly #reader: SiteReader;
  readonly #costs: LookCosts | undefined;
  #last: readonly Listener[] | undefined;

  constructor(reader: SiteReader, costs: LookCosts | undefined) {
    this.#reader = reader;
    this.#costs = costs;
  }

  /**
   * Looks once. A source that needs several reads for one answer may miss a listener that stayed, when another one
   * leaves between two of them: so what was seen before and is not seen now is looked for once more.
   *
   * @throws NoSourceError if no source works
   */
  async look(seen: readonly Listener[], signal: AbortSignal): Promise<SureLook> {
    const answer = await this.#ask(signal);
    const { listeners } = answer;
    if (listeners === seen || difference(seen, listeners).closed.length === 0) return { answer, listeners };
    const again = await this.#ask(signal);
    return { answer: again, listeners: union(listeners, again.listeners) };
  }

  /** Whether that is what would be seen now; false if it takes a look to know. */
  isUnchanged(seen: readonly Listener[]): boolean {
    return seen === this.#last && this.#reader.isUnchanged();
  }

  async #ask(signal: AbortSignal): Promise<ChainAnswer> {
    const start = performance.now();
    let isRead = false;
    try {
      const answer = await this.#reader.look(signal);
      // To read what is new is no cost of looking, which would make the monitor blink when there is most to see.
      isRead = answer.source === 'netlink' && answer.listeners !== this.#last;
      this.#last = answer.listeners;
      return answer;
    } finally {
      if (!isRead) this.#costs?.tookMs(performance.now() - start);
    }
  }
}
