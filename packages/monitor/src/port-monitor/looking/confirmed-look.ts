import type { Listener } from '../../listener.js';
import type { ChainAnswer, SourceChain } from '../../sources/chain.js';
import { difference, union } from '../difference.js';

/** One look, and what of it can be relied on. */
export interface SureLook {
  readonly answer: ChainAnswer;
  /** Equal by identity to what was seen before where nothing changed. */
  readonly listeners: readonly Listener[];
}

/** Looks through a chain of sources, and looks again before it believes that something closed. */
export class ConfirmedLook {
  readonly #chain: SourceChain;
  readonly #onTook: (ms: number) => void;
  #last: readonly Listener[] | undefined;

  /** @param onTook is told what looking costs */
  constructor(chain: SourceChain, onTook: (ms: number) => void) {
    this.#chain = chain;
    this.#onTook = onTook;
  }

  /**
   * Looks once. A source that needs several reads for one answer may miss a listener that stayed, when another one
   * leaves between two of them: so what was seen before and is not seen now is looked for once more.
   *
   * @throws NoSourceError when no source works
   */
  async look(seen: readonly Listener[], signal: AbortSignal): Promise<SureLook> {
    const answer = await this.#ask(signal);
    const { listeners } = answer;
    if (listeners === seen || difference(seen, listeners).closed.length === 0) return { answer, listeners };
    const again = await this.#ask(signal);
    return { answer: again, listeners: union(listeners, again.listeners) };
  }

  /** Whether that is what would be seen now; false where it takes a look to know. */
  isUnchanged(seen: readonly Listener[]): boolean {
    return seen === this.#last && this.#chain.isUnchanged();
  }

  close(): void {
    this.#chain.close();
  }

  async #ask(signal: AbortSignal): Promise<ChainAnswer> {
    const start = performance.now();
    let isRead = false;
    try {
      const answer = await this.#chain.look(signal);
      // To read what is new is no cost of looking, which would make the monitor blink where there is most to see.
      isRead = answer.source === 'netlink' && answer.listeners !== this.#last;
      this.#last = answer.listeners;
      return answer;
    } finally {
      if (!isRead) this.#onTook(performance.now() - start);
    }
  }
}
