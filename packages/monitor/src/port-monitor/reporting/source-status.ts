import type { ChainAnswer } from '../../sources/chain.js';
import { NoSourceError } from '../../sources/no-source-error.js';
import type { SourceName } from '../../sources/source.js';
import type { SiteEvents } from './site-events.js';

/** Which source answers; tells that another one does, that one works again, and once that none does. */
export class SourceStatus {
  readonly #events: SiteEvents;
  readonly #isElsewhere: boolean;
  #source: SourceName | undefined;
  #isBlind = false;

  /** @param isElsewhere a place elsewhere comes and goes, and that it does not answer is no fault of a source */
  constructor(events: SiteEvents, { isElsewhere }: { readonly isElsewhere: boolean }) {
    this.#events = events;
    this.#isElsewhere = isElsewhere;
  }

  /** Which source answered last; undefined before the first answer. */
  get source(): SourceName | undefined {
    return this.#source;
  }

  /** Whether none answered the last time. */
  get isBlind(): boolean {
    return this.#isBlind;
  }

  answered({ source, failures }: ChainAnswer): void {
    const previous = this.#source;
    const wasBlind = this.#isBlind;
    this.#source = source;
    this.#isBlind = false;
    if (previous === undefined || (previous === source && !wasBlind)) return;
    const failure = failures.find((each) => each.source === previous);
    const reason = failure?.reason ?? `${source} works again`;
    this.#events.publish({ type: 'source', source, previous, reason });
  }

  /** A look failed, for whatever reason. */
  failed(error: unknown): void {
    if (this.#isBlind && error instanceof NoSourceError) return;
    this.#isBlind = error instanceof NoSourceError;
    if (error instanceof NoSourceError && this.#isElsewhere && this.#source !== undefined)
      this.#events.publish({ type: 'source', source: null, previous: this.#source, reason: error.reason });
    else
      this.#events.publish({
        type: 'error',
        error: error instanceof Error ? error : new Error(String(error)),
      });
  }
}
