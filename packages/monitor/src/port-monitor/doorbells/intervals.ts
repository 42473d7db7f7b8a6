/** How often to look when nothing rings, in milliseconds. */
export interface Intervals {
  /** If nothing tells of an opening. */
  readonly usual: number;
  /** If the kernel tells of each opening but that of a UDP socket that nobody bound. */
  readonly withTracefs: number;
  /** If the look has to be asked for elsewhere. */
  readonly elsewhere: number;
}

/** @param intervalMs what somebody asked for; it holds whatever rings, and wherever the look is */
export function intervals(intervalMs: number | undefined): Intervals {
  return { usual: intervalMs ?? 100, withTracefs: intervalMs ?? 1000, elsewhere: intervalMs ?? 1000 };
}
