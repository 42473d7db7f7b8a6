import type { SourceName } from '@portolan/monitor';
import { parseChoice } from '../arguments/choice.js';
import { FILTER_OPTIONS, type FilterOptions } from '../arguments/filters.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../arguments/places.js';
import { PROCESSES_OPTION } from '../arguments/processes.js';
import { SOURCE_OPTION } from '../arguments/sources.js';
import { SORT_KEYS, type SortKey } from '../order.js';

/** What `portolan list` is told. */
export interface ListOptions extends FilterOptions, PlaceOptions {
  readonly json?: true;
  readonly ndjson?: true;
  readonly format?: 'ss';
  readonly sort: SortKey;
  readonly source: 'auto' | readonly SourceName[];
  /** Undefined where neither `--processes` nor `--no-processes` is given. */
  readonly processes?: boolean;
  readonly verbose?: true;
}

const FORMATS = ['ss'] as const;

export const LIST_OPTIONS: readonly OptionDefinition[] = [
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  { flags: '--json', description: 'print one JSON document', conflicts: ['ndjson', 'format'] },
  { flags: '--ndjson', description: 'print a line of JSON for each listener', conflicts: ['format'] },
  {
    flags: '--format <format>',
    description: "print another program's format",
    values: FORMATS,
    parse: (text) => parseChoice(text, FORMATS, '--format'),
  },
  {
    flags: '--sort <key>',
    description: 'the order',
    values: SORT_KEYS,
    parse: (text) => parseChoice(text, SORT_KEYS, '--sort'),
    default: 'port',
  },
  SOURCE_OPTION,
  PROCESSES_OPTION,
  { flags: '--no-processes', description: 'leave out the processes, which is faster' },
  { flags: '--verbose', description: 'tell on standard error why a source failed' },
];
