import type { ChainAnswer } from '../../sources/chain.js';
import { NoSourceError } from '../../sources/no-source-error.js';
import type { SourceName } from '../../sources/source.js';
import type { EventBody } from '../reporting/event.js';

/** Where the sources are, and who is told of them. */
export interface SourceStatusOptions {
  /** A place elsewhere comes and goes, and that it does not answer is no fault of a source. */
  readonly isElsewhere: boolean;
  readonly publish: (happening: EventBody) => void;
}

/** Tells that another source answers, that one works again, and once that none does. */
export class SourceStatus {
  readonly #options: SourceStatusOptions;
  #source: SourceName | undefined;
  #isBlind = false;

  constructor(options: SourceStatusOptions) {
    this.#options = options;
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
    this.#options.publish({ type: 'source', source, previous, reason });
  }

  /** A look failed, for whatever reason. */
  failed(error: unknown): void {
    if (this.#isBlind && error instanceof NoSourceError) return;
    this.#isBlind = error instanceof NoSourceError;
    const { isElsewhere, publish } = this.#options;
    if (error instanceof NoSourceError && isElsewhere && this.#source !== undefined)
      publish({ type: 'source', source: null, previous: this.#source, reason: error.reason });
    else publish({ type: 'error', error: error instanceof Error ? error : new Error(String(error)) });
  }
}
