import type { SourceName } from '@portolan/monitor';
import { parseDuration } from '../../options/durations.js';
import { FILTER_OPTIONS, type FilterOptions } from '../../options/filters.js';
import type { OptionDefinition } from '../../options/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../../options/places.js';
import { SOURCE_OPTION } from '../../options/sources.js';
import { UsageError } from '../../options/usage-error.js';

/** The options of `portolan wait`. */
export interface WaitOptions extends FilterOptions, PlaceOptions {
  readonly closed?: true;
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number;
  /** The path to ask for. */
  readonly http?: string;
  readonly source: 'auto' | readonly SourceName[];
}

export const WAIT_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--closed', description: 'wait until none of the ports is open', conflicts: ['http'] },
  {
    flags: '--timeout <time>',
    description: 'give up after so long (30s); 0 waits for ever',
    parse: parseDuration,
  },
  {
    flags: '--http <path>',
    description: 'wait until the ports answer a GET of this with a status below 400',
    parse: parseHttpPath,
    conflicts: ['udp'],
  },
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  SOURCE_OPTION,
];

/**
 * Reads the path of `--http`.
 *
 * @throws UsageError for a text that can't stand in the first line of a request
 */
function parseHttpPath(text: string): string {
  if (/^\/[!-~]*$/.test(text)) return text;
  throw new UsageError(`'${text}' is no path to ask for: expected one like /health`);
}
