/** The kernel recorded more than its buffer holds: listeners that came and went between two looks may be missing. */
export class RecordsLostError extends Error {
  readonly code = 'ERR_PORTOLAN_RECORDS_LOST';
  override readonly name = 'RecordsLostError';

  /** @param count how many records, of openings and closings alike */
  constructor(readonly count: number) {
    super(`the kernel lost ${count} records of listeners: some that came and went at once may be missing`);
  }
}
