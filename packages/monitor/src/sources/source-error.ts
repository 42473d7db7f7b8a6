import type { SourceName } from './source.js';

/** A source could not answer: it is missing, refused, cut off or makes no sense. The chain tries the next one. */
export class SourceError extends Error {
  readonly code = 'ERR_PORTOLAN_SOURCE';
  override readonly name = 'SourceError';

  constructor(
    readonly source: SourceName,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
