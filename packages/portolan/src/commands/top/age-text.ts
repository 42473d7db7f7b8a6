const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something has been open, in whole units: `7 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function ageText(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(Math.max(0, ms) / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** The milliseconds until {@link ageText} changes. */
export function ageChangesInMs(ms: number): number {
  const unit = ms < MINUTE ? SECOND : ms < DAY ? MINUTE : HOUR;
  return unit - (Math.max(0, ms) % unit);
}
