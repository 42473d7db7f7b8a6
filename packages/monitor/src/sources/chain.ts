import type { Logger } from '../logger.js';
import { NoSourceError } from './no-source-error.js';
import type { Source, SourceAnswer, SourceFailure, SourceName } from './source.js';
import { SourceError } from './source-error.js';

/** How long the chain backs off from a source that failed, doubling from failure to failure. */
const BACK_OFF_MS = 1000;
const BACK_OFF_LIMIT_MS = 60_000;

/** What the chain saw, and through which source. */
export interface ChainAnswer extends SourceAnswer {
  readonly source: SourceName;
  /** The better sources that failed now, or that the chain backs off from because they failed. */
  readonly failures: readonly SourceFailure[];
}

interface Link {
  readonly source: Source;
  failure: SourceFailure | undefined;
  backOffMs: number;
  retryAt: number;
}

/** Sources in the order in which they are tried; the first that works answers, and the chain backs off from one that failed. */
export class SourceChain {
  readonly #links: Link[];
  readonly #logger: Logger | undefined;
  readonly #place: string | undefined;

  /** @param place where they look, for errors */
  constructor(sources: readonly Source[], logger?: Logger, place?: string) {
    this.#links = sources.map((source) => ({ source, failure: undefined, backOffMs: 0, retryAt: 0 }));
    this.#logger = logger;
    this.#place = place;
  }

  /**
   * Looks through the first source that works. If all that are due fail, the others are
   * tried as well.
   *
   * @throws NoSourceError with each source's reason; the signal's reason if it was aborted
   */
  async look(signal?: AbortSignal): Promise<ChainAnswer> {
    for (const link of this.#inOrder()) {
      const answer = await this.#try(link, signal);
      if (answer !== undefined)
        return {
          listeners: answer.listeners,
          skipped: answer.skipped,
          processes: answer.processes,
          source: link.source.name,
          failures: this.#failures(link),
        };
    }
    throw new NoSourceError(this.#failures(), this.#place);
  }

  /** Whether the first source would answer as it did last; false if it takes a look to know. */
  isUnchanged(): boolean {
    const [first] = this.#links;
    return first !== undefined && first.retryAt === 0 && first.source.isUnchanged?.() === true;
  }

  close(): void {
    for (const { source } of this.#links) source.close();
  }

  /** Those that the chain backs off from come last. */
  #inOrder(): readonly Link[] {
    if (this.#links.every(({ retryAt }) => retryAt === 0)) return this.#links;
    const now = performance.now();
    const ready = this.#links.filter((link) => link.retryAt <= now);
    return [...ready, ...this.#links.filter((link) => link.retryAt > now)];
  }

  async #try(link: Link, signal: AbortSignal | undefined): Promise<SourceAnswer | undefined> {
    signal?.throwIfAborted();
    try {
      const answer = await link.source.look(signal);
      link.failure = undefined;
      link.backOffMs = 0;
      link.retryAt = 0;
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof SourceError)) throw error;
      link.failure = { source: link.source.name, reason: error.message };
      link.backOffMs = Math.min(2 * link.backOffMs || BACK_OFF_MS, BACK_OFF_LIMIT_MS);
      link.retryAt = performance.now() + link.backOffMs;
      this.#logger?.debug(`source ${link.source.name} failed: ${error.message}`);
      return undefined;
    }
  }

  /** The failures of the links before `answering`, in the order of the chain. */
  #failures(answering?: Link): SourceFailure[] {
    const failures: SourceFailure[] = [];
    for (const link of this.#links) {
      if (link === answering) break;
      if (link.failure !== undefined) failures.push(link.failure);
    }
    return failures;
  }
}
