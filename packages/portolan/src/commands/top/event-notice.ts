import { type ErrorEvent, NoSourceError, type PlaceEvent, type SourceEvent } from '@portolan/monitor';
import { PLACE_WORDS, reasonOf } from '../../render/unseen-places.js';
import type { TopState } from './top-state.js';

type News = Partial<Pick<TopState, 'notice' | 'problem'>>;

/** What the bottom line tells of an event that is of no listener. */
export function newsOf(event: ErrorEvent | SourceEvent | PlaceEvent, hasPlaces: boolean): News {
  switch (event.type) {
    case 'error':
      return newsOfError(event, hasPlaces);
    case 'source':
      return newsOfSource(event, hasPlaces);
    case 'place':
      return newsOfPlace(event, hasPlaces);
  }
}

function newsOfError({ error, at, place }: ErrorEvent, hasPlaces: boolean): News {
  const time = at.toTimeString().slice(0, 8);
  // Where there are several places, the others are still seen.
  if (hasPlaces) return { notice: `${time} ${place}: ${reasonOf(error)}` };
  const text = `${time} ${error.message}`;
  return error instanceof NoSourceError ? { problem: text, notice: undefined } : { notice: text };
}

function newsOfSource({ source, previous, reason, place }: SourceEvent, hasPlaces: boolean): News {
  // One that works again is no news but that the trouble is over.
  if (source === previous) return {};
  const text = source === null ? `no answer: ${reason}` : `now through ${source}: ${reason}`;
  if (hasPlaces) return { notice: `${place}: ${text}` };
  return source === null ? { problem: text } : { notice: text };
}

function newsOfPlace({ place, state, reason }: PlaceEvent, hasPlaces: boolean): News {
  // Among several it is no more than rows that come or go.
  if (hasPlaces) return {};
  return { notice: `${place} ${PLACE_WORDS[state]}${reason === null ? '' : `: ${reason}`}` };
}
