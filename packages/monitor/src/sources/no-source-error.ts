import { SELF } from '../listener.js';
import type { SourceFailure } from '../places/snapshot.js';

/** Every source of the chain failed; the message names each reason, and the place where that is not this one. */
export class NoSourceError extends Error {
  readonly code = 'ERR_PORTOLAN_NO_SOURCE';
  override readonly name = 'NoSourceError';

  /** @param place where was looked */
  constructor(
    readonly failures: readonly SourceFailure[],
    readonly place: string = SELF,
  ) {
    super(place === SELF ? `no source works: ${eachReason(failures)}` : `${place}: ${oneReason(failures)}`);
  }

  /** The reasons in one line. */
  get reason(): string {
    return oneReason(this.failures);
  }
}

/** What all say alike is said once, without them. */
function oneReason(failures: readonly SourceFailure[]): string {
  const [first, ...others] = new Set(failures.map(({ reason }) => reason));
  return first !== undefined && others.length === 0 ? first : eachReason(failures);
}

function eachReason(failures: readonly SourceFailure[]): string {
  return failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
}
