import type { DoorbellName } from './doorbell.js';

/** A doorbell can't be had here, or can't go on. Another one tells the same, later. */
export class DoorbellError extends Error {
  readonly code = 'ERR_PORTOLAN_DOORBELL';
  override readonly name = 'DoorbellError';

  constructor(
    readonly doorbell: DoorbellName,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** The error with that cause, and what the cause says as its reason. */
export function doorbellErrorFrom(doorbell: DoorbellName, cause: unknown): DoorbellError {
  if (cause instanceof DoorbellError) return cause;
  return new DoorbellError(doorbell, cause instanceof Error ? cause.message : String(cause), { cause });
}
