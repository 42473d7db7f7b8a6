import { PLACE_FORMS, PlaceError, parsePlaceName, SELF } from '@portolan/monitor';
import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

/** The places that were asked for; undefined if none was. */
export interface PlaceOptions {
  readonly in?: readonly string[];
}

/** `self`, `all`, `pid:`, `netns:`: how the name of a place begins. */
const BEGINNINGS = PLACE_FORMS.map((form) => form.replace(/:.*/, ':'));

/** `--in`, for the commands that look. */
export const PLACE_OPTION: OptionDefinition = {
  flags: '--in <place>',
  description: 'the place to look at; may be given several times',
  values: BEGINNINGS,
  parse: parsePlace,
  repeatable: true,
};

/** How places are written, for a help text. */
export const PLACE_NOTE = `
Places for --in:
  self            here: this command's own network namespace, unless another place is named
  all             every network namespace of this machine
  pid:PID         the network namespace of a process
  netns:NAME      one that ip netns knows, or that of a file
  docker:NAME     a container; podman:NAME as well
  exec:COMMAND    where a command runs what it is given: exec:'kubectl exec web --'
  ssh:HOST        another machine`;

/** True if there may be several places, so that each listener must tell its own. */
export function areSeveral({ in: places = [SELF] }: PlaceOptions): boolean {
  return places.includes('all') || new Set(places).size > 1;
}

function parsePlace(text: string): string {
  try {
    parsePlaceName(text);
    return text;
  } catch (error) {
    throw error instanceof PlaceError ? new UsageError(`--in ${text}: ${error.reason}`) : error;
  }
}
