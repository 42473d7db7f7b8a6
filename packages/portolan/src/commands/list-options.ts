import type { SourceName } from '@portolan/monitor';
import { parseChoice } from '../arguments/choice.js';
import { FILTER_OPTIONS, type FilterOptions } from '../arguments/filters.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { SOURCE_OPTION } from '../arguments/sources.js';
import { SORT_KEYS, type SortKey } from '../order.js';

/** What `portolan list` is told. */
export interface ListOptions extends FilterOptions {
  readonly json?: true;
  readonly ndjson?: true;
  readonly format?: 'ss';
  readonly sort: SortKey;
  readonly source: 'auto' | readonly SourceName[];
  /** False with `--no-processes`. */
  readonly processes: boolean;
  readonly verbose?: true;
}

const FORMATS = ['ss'] as const;

export const LIST_OPTIONS: readonly OptionDefinition[] = [
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
  {
    flags: '--no-processes',
    description: 'leave out the processes, which is faster',
    conflicts: ['process', 'tree', 'env'],
  },
  { flags: '--verbose', description: 'tell on standard error why a source failed' },
];
