import type { Site } from './site.js';

/** Somewhere that ports are looked at, whatever is there at the time. */
export interface Place {
  /** As it was asked for. */
  readonly name: string;

  /** Whether what is there changes; if it does not, it need be found only once. */
  readonly changes: boolean;

  /** Whether it may be many sites, so that each can have but little. */
  readonly isMany: boolean;

  /**
   * Tells what is there now. While that is the same, the sites are the same objects.
   *
   * @throws PlaceError if nothing is there; the signal's reason if it was aborted
   */
  find(signal?: AbortSignal): Promise<readonly Site[]>;

  /** Lets go of what it holds. It may be used again. */
  close(): Promise<void>;
}
