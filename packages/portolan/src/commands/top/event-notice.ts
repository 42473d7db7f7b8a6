import { type ErrorEvent, NoSourceError, type PlaceEvent, type SourceEvent } from '@portolan/monitor';
import { PLACE_WORDS, reasonOf } from '../../render/unseen-places.js';
import type { TopState } from './top-state.js';

/** The parts of the state that the bottom line shows. */
type EventNotice = Partial<Pick<TopState, 'notice' | 'problem'>>;

/** What the bottom line says after an event that is not of a listener. */
export function noticeOf(event: ErrorEvent | SourceEvent | PlaceEvent, hasPlaces: boolean): EventNotice {
  switch (event.type) {
    case 'error':
      return noticeOfError(event, hasPlaces);
    case 'source':
      return noticeOfSource(event, hasPlaces);
    case 'place':
      return noticeOfPlace(event, hasPlaces);
  }
}

function noticeOfError({ error, at, place }: ErrorEvent, hasPlaces: boolean): EventNotice {
  const time = at.toTimeString().slice(0, 8);
  // If there are several places, the others are still seen.
  if (hasPlaces) return { notice: `${time} ${place}: ${reasonOf(error)}` };
  const text = `${time} ${error.message}`;
  return error instanceof NoSourceError ? { problem: text, notice: undefined } : { notice: text };
}

function noticeOfSource({ source, previous, reason, place }: SourceEvent, hasPlaces: boolean): EventNotice {
  // The same source works again: only the problem is over.
  if (source === previous) return {};
  const text = source === null ? `no answer: ${reason}` : `now through ${source}: ${reason}`;
  if (hasPlaces) return { notice: `${place}: ${text}` };
  return source === null ? { problem: text } : { notice: text };
}

function noticeOfPlace({ place, state, reason }: PlaceEvent, hasPlaces: boolean): EventNotice {
  // Among several places, rows that come or go say enough.
  if (hasPlaces) return {};
  return { notice: `${place} ${PLACE_WORDS[state]}${reason === null ? '' : `: ${reason}`}` };
}
