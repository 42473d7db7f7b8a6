import { SELF } from '../listener.js';
import { AllNamespaces } from './all-namespaces.js';
import { NetnsPlace } from './netns-place.js';
import { PidPlace } from './pid-place.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import { type PlaceName, parsePlaceName } from './place-name.js';
import { SelfPlace } from './self-place.js';

/**
 * The places that are asked for, each once, in that order; `self` where none is.
 *
 * @throws PlaceError for what names none
 */
export function createPlaces(names: string | readonly string[] = SELF): readonly Place[] {
  const distinct = new Set(typeof names === 'string' ? [names] : names);
  if (distinct.size === 0) throw new PlaceError('in', 'no place is named');
  return [...distinct].map((name) => createPlace(parsePlaceName(name), name));
}

function createPlace(name: PlaceName, text: string): Place {
  switch (name.kind) {
    case 'self':
      return new SelfPlace();
    case 'pid':
      return new PidPlace(name.pid);
    case 'netns':
      return new NetnsPlace(name.name);
    case 'all':
      return new AllNamespaces(async () => undefined);
    default:
      throw new PlaceError(text, 'not yet');
  }
}
