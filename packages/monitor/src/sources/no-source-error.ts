import type { SourceFailure } from '../snapshot.js';

/** Every source of the chain failed; the message names each reason. */
export class NoSourceError extends Error {
  readonly code = 'ERR_PORTOLAN_NO_SOURCE';
  override readonly name = 'NoSourceError';

  constructor(readonly failures: readonly SourceFailure[]) {
    super(`no source works: ${reasonOf(failures)}`);
  }

  /** The reasons in one line. */
  get reason(): string {
    return reasonOf(this.failures);
  }
}

/** What several sources say alike is said once. */
function reasonOf(failures: readonly SourceFailure[]): string {
  const sources = new Map<string, string[]>();
  for (const { source, reason } of failures) sources.set(reason, [...(sources.get(reason) ?? []), source]);
  return [...sources].map(([reason, names]) => `${names.join(' and ')}: ${reason}`).join('; ');
}
