import type { DoorbellError } from './doorbell-error.js';

export type DoorbellName = 'tracefs' | 'destroy' | 'clock';

/**
 * Called when it may be time to look. Says nothing of what there is to see.
 *
 * @param isSure whether there is something to see for sure
 */
export type Ring = (isSure?: boolean) => void;

/** Called once, when a doorbell that had been started can't go on. It rings no more, and is to be stopped. */
export type OnFailure = (error: DoorbellError) => void;

/** Tells a port monitor that it is time to look. */
export interface Doorbell {
  readonly name: DoorbellName;

  /**
   * Begins to call `ring` whenever it is time to look.
   *
   * @throws DoorbellError where this doorbell can't be had; nothing is held then
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
