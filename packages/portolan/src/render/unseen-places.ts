import { NoSourceError, PlaceError, type PortMonitor, SELF, type SourceFailure } from '@portolan/monitor';

/** How many places are named that can't be looked at for the same reason. */
const NAMED = 5;

/** A place that can't be looked at, and why. */
export interface UnseenPlace {
  readonly place: string;
  readonly reason: string;
}

/** Those that a monitor could not look at when it was started. */
export function unseenAtStart(monitor: PortMonitor): UnseenPlace[] {
  return monitor
    .recentEvents()
    .events.flatMap((event) =>
      event.type === 'error' ? [{ place: event.place, reason: reasonOf(event.error) }] : [],
    );
}

/** A line a reason: `netns:blue: only root may …`, `3 places can't be looked at: netns:a, netns:b, netns:c: only root may …`. */
export function unseenLines(unseen: readonly UnseenPlace[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { place, reason } of unseen) places.set(reason, (places.get(reason) ?? new Set()).add(place));
  return [...places].map(([reason, names]) => {
    const [first] = names;
    return names.size === 1
      ? `${first}: ${reason}`
      : `${names.size} places can't be looked at: ${someOf([...names])}: ${reason}`;
  });
}

/** Why nothing of a place was seen: once, where its sources agree. */
export function unseenReason(failures: readonly SourceFailure[], reason: string): string {
  const [first, ...others] = new Set(failures.map((failure) => failure.reason));
  return first !== undefined && others.length === 0 ? first : reason;
}

/** Why a place can't be looked at, in a sentence that does not name it. */
export function reasonOf(error: Error): string {
  if (error instanceof PlaceError) return error.reason;
  return error instanceof NoSourceError ? unseenReason(error.failures, error.reason) : error.message;
}

/** What went wrong at one of the places that were asked for, with its name where only that one can be meant. */
export function namingPlace(error: unknown, places: readonly string[] = []): unknown {
  const [place, ...others] = new Set(places);
  if (!(error instanceof NoSourceError) || place === undefined || others.length > 0) return error;
  // Without the name of a place everybody takes it to be here.
  if (place === SELF || place === 'all') return error;
  return new PlaceError(place, reasonOf(error), { cause: error });
}

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
