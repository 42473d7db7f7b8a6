import type { SourceName } from '@portolan/monitor';
import { SORT_KEYS, type SortKey } from '../../listeners/order.js';
import { choiceOption } from '../../options/choice.js';
import { FILTER_OPTIONS, type FilterOptions } from '../../options/filters.js';
import type { OptionDefinition } from '../../options/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../../options/places.js';
import { PROCESSES_OPTION, SOURCE_OPTION } from '../../options/sources.js';

/** The options of `portolan list`. */
export interface ListOptions extends FilterOptions, PlaceOptions {
  readonly json?: true;
  readonly ndjson?: true;
  readonly format?: 'ss';
  readonly sort: SortKey;
  readonly source: 'auto' | readonly SourceName[];
  /** Undefined if neither `--processes` nor `--no-processes` is given. */
  readonly processes?: boolean;
  readonly verbose?: true;
}

const FORMATS = ['ss'] as const;

export const LIST_OPTIONS: readonly OptionDefinition[] = [
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  { flags: '--json', description: 'print one JSON document', conflicts: ['ndjson', 'format'] },
  { flags: '--ndjson', description: 'print a line of JSON for each listener', conflicts: ['format'] },
  choiceOption('--format <format>', "print another program's format", FORMATS),
  choiceOption('--sort <key>', 'the order', SORT_KEYS, 'port'),
  SOURCE_OPTION,
  PROCESSES_OPTION,
  { flags: '--no-processes', description: 'leave out the processes, which is faster' },
  { flags: '--verbose', description: 'tell on standard error why a source failed' },
];
