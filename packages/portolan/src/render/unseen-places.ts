import {
  type ErrorEvent,
  NoSourceError,
  PlaceError,
  type PlaceEvent,
  type PortMonitor,
} from '@portolan/monitor';

/** How many places with the same reason are named. The others are counted. */
const NAMED = 5;

/** What an event of a place means. */
export const PLACE_WORDS = { appeared: 'is there now', gone: 'is gone' } as const;

/** A place that can't be looked at, and why. */
export interface UnseenPlace {
  readonly place: string;
  readonly reason: string;
}

/**
 * Starts a monitor.
 *
 * @returns the places that it can't look at, however many
 */
export async function startMonitor(monitor: PortMonitor): Promise<UnseenPlace[]> {
  const unseen: UnseenPlace[] = [];
  const onError = ({ place, error }: ErrorEvent) => unseen.push({ place, reason: reasonOf(error) });
  const onPlace = ({ place, reason }: PlaceEvent) => {
    if (reason !== null) unseen.push({ place, reason });
  };
  monitor.on('error', onError).on('place', onPlace);
  try {
    await monitor.start();
  } finally {
    monitor.off('error', onError).off('place', onPlace);
  }
  return unseen;
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
