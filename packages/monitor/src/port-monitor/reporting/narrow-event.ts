import type { Listener } from '../../listener.js';
import type { MissedEvents, PortEvent } from './event.js';

/**
 * An event as it is for a reader who wants only some listeners. A listener that changed and is wanted only now has opened
 * for this reader, and one that is wanted no more has closed: so each is told to open before it is told to change or to
 * close, and neither twice.
 *
 * @param isWanted tells of a listener as it is at the time, with its processes and owners; what the monitor tells of itself
 *   comes all the same
 * @returns undefined if the event is not for this reader
 */
export function narrowEvent(
  event: PortEvent | MissedEvents,
  isWanted: (listener: Listener) => boolean,
): PortEvent | MissedEvents | undefined {
  if (!('listener' in event)) return event;
  const { listener, sequence, at, place } = event;
  const isNow = isWanted(listener);
  if (event.type !== 'changed') return isNow ? event : undefined;
  const { previous, openMs } = event;
  if (isWanted(previous))
    return isNow ? event : { type: 'closed', listener: previous, openMs, sequence, at, place };
  return isNow ? { type: 'opened', listener, sequence, at, place } : undefined;
}
