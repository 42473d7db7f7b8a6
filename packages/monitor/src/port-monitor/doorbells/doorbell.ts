/** The doorbells that there are, best first. With each of them those behind it ring too. */
export const DOORBELL_NAMES = ['tracefs', 'destroy', 'clock'] as const;

/** The name of a doorbell. */
export type DoorbellName = (typeof DOORBELL_NAMES)[number];

/** Which doorbell to use, together with those behind it; or the best that this process may have. */
export type DoorbellChoice = 'auto' | DoorbellName;

/**
 * Called when it may be time to look. Says nothing of what there is to see.
 *
 * @param isSure whether there is something to see for sure
 */
export type Ring = (isSure?: boolean) => void;

/** Called once, when a doorbell that had been started can't go on. It rings no more, and is to be stopped. */
export type OnFailure = (error: DoorbellError) => void;

/** Tells the watch of a site that it is time to look. */
export interface Doorbell {
  readonly name: DoorbellName;

  /**
   * Begins to call `ring` whenever it is time to look.
   *
   * @throws DoorbellError if this doorbell can't be had; nothing is held then
   */
  start(ring: Ring, onFailure?: OnFailure): Promise<void>;

  /**
   * From this call on nothing rings, and when it resolved nothing is held: no thread, descriptor, timer or trace
   * instance. May be called more than once, and before start().
   */
  stop(): Promise<void>;
}

/** What all doorbells can be told. */
export interface DoorbellOptions {
  /** Whether a started doorbell keeps the process alive. */
  readonly persistent: boolean;
}

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
