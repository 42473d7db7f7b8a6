import { NoSourceError, PlaceError, type PortMonitor } from '@portolan/monitor';

/** How many places with the same reason are named. The others are counted. */
const NAMED = 5;

/** What an event of a place means. */
export const PLACE_WORDS = { appeared: 'is there now', gone: 'is gone' } as const;

/** A place that can't be looked at, and why. */
export interface UnseenPlace {
  readonly place: string;
  readonly reason: string;
}

/** The places that a monitor could not look at when it was started. */
export function unseenAtStart(monitor: PortMonitor): UnseenPlace[] {
  return monitor.recentEvents().events.flatMap((event) => {
    if (event.type === 'error') return [{ place: event.place, reason: reasonOf(event.error) }];
    return event.type === 'place' && event.reason !== null
      ? [{ place: event.place, reason: event.reason }]
      : [];
  });
}

/** A line for each reason: `netns:blue: only root may …`, `3 places can't be looked at: netns:a, netns:b, netns:c: only root may …`. */
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

/** Why a place can't be looked at, in a sentence that does not name the place. */
export function reasonOf(error: Error): string {
  return error instanceof PlaceError || error instanceof NoSourceError ? error.reason : error.message;
}

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
