import type { DoorbellChoice, SourceName } from '@portolan/monitor';
import { parseChoice } from '../arguments/choice.js';
import { parseDuration } from '../arguments/duration.js';
import { EPHEMERAL_OPTION } from '../arguments/ephemeral.js';
import { FILTER_OPTIONS, type FilterOptions } from '../arguments/filters.js';
import { INTERVAL_OPTION } from '../arguments/interval.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../arguments/places.js';
import { PROCESSES_OPTION } from '../arguments/processes.js';
import { SOURCE_OPTION } from '../arguments/sources.js';

/** What `portolan watch` is told. */
export interface WatchOptions extends FilterOptions, PlaceOptions {
  readonly processes?: true;
  readonly ephemeral?: true;
  readonly ndjson?: true;
  readonly initial?: true;
  /** Milliseconds, as all durations here. */
  readonly settle?: number;
  readonly exec?: string;
  readonly shell?: true;
  readonly interval?: number;
  readonly doorbell: DoorbellChoice;
  readonly source: 'auto' | readonly SourceName[];
  readonly verbose?: true;
}

const DOORBELLS = ['auto', 'tracefs', 'destroy', 'clock'] as const;

export const WATCH_OPTIONS: readonly OptionDefinition[] = [
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  EPHEMERAL_OPTION,
  { flags: '--ndjson', description: 'print a line of JSON for each event' },
  { flags: '--initial', description: 'begin with what is open already' },
  { flags: '--settle <time>', description: 'report only what stays open for so long', parse: parseDuration },
  { flags: '--exec <command>', description: 'run this for each event, which it gets as JSON and PORTOLAN_*' },
  { flags: '--shell', description: 'let a shell run what --exec names' },
  INTERVAL_OPTION,
  {
    flags: '--doorbell <name>',
    description: 'what tells that it is time to look',
    values: DOORBELLS,
    parse: (text) => parseChoice(text, DOORBELLS, '--doorbell'),
    default: 'auto',
  },
  SOURCE_OPTION,
  PROCESSES_OPTION,
  { flags: '--verbose', description: 'tell on standard error why a source or doorbell failed' },
];
