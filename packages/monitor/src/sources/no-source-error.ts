import { SELF } from '../listener.js';
import type { SourceFailure } from './source.js';

/**
 * Every source of the chain failed. The message has each source's reason, and the name of the place unless that is `self`.
 */
export class NoSourceError extends Error {
  readonly code = 'ERR_PORTOLAN_NO_SOURCE';
  override readonly name = 'NoSourceError';

  /** @param place the place that was to be looked at */
  constructor(
    readonly failures: readonly SourceFailure[],
    readonly place: string = SELF,
  ) {
    super(place === SELF ? `no source works: ${eachReason(failures)}` : `${place}: ${oneReason(failures)}`);
  }

  /** The reasons in one line, without the place. */
  get reason(): string {
    return oneReason(this.failures);
  }
}

/** A reason that all sources share is said once, without their names. */
function oneReason(failures: readonly SourceFailure[]): string {
  const [first, ...others] = new Set(failures.map(({ reason }) => reason));
  return first !== undefined && others.length === 0 ? first : eachReason(failures);
}

function eachReason(failures: readonly SourceFailure[]): string {
  return failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
}
