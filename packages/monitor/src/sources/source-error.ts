import type { SourceName } from './source.js';

/** A source could not answer: missing, refused, cut off or talking nonsense. The next in the chain is tried. */
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
