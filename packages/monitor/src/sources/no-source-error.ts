import type { SourceFailure } from '../snapshot.js';

/** Every source of the chain failed; the message names each reason. */
export class NoSourceError extends Error {
  readonly code = 'ERR_PORTOLAN_NO_SOURCE';
  override readonly name = 'NoSourceError';

  constructor(readonly failures: readonly SourceFailure[]) {
    super(`no source works: ${failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ')}`);
  }
}
