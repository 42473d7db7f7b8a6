import type { SourceName } from '@portolan/monitor';
import { parseDuration } from '../../options/durations.js';
import { FILTER_OPTIONS, type FilterOptions } from '../../options/filters.js';
import type { OptionDefinition } from '../../options/option-definition.js';
import { SOURCE_OPTION } from '../../options/sources.js';

/** The options of `portolan kill`. */
export interface KillOptions extends FilterOptions {
  readonly yes?: true;
  /** Milliseconds. */
  readonly grace?: number;
  readonly source: 'auto' | readonly SourceName[];
}

export const KILL_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-y, --yes', description: 'do not ask' },
  {
    flags: '--grace <time>',
    description: 'kill (SIGKILL) what has not ended after so long (5s)',
    parse: parseDuration,
  },
  ...FILTER_OPTIONS,
  SOURCE_OPTION,
];
