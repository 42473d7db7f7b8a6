import { DOORBELL_NAMES, type DoorbellChoice, type SourceName } from '@portolan/monitor';
import { choiceOption } from '../../options/choice.js';
import { INTERVAL_OPTION, parseDuration } from '../../options/durations.js';
import { EPHEMERAL_OPTION, FILTER_OPTIONS, type FilterOptions } from '../../options/filters.js';
import type { OptionDefinition } from '../../options/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../../options/places.js';
import { PROCESSES_OPTION, SOURCE_OPTION } from '../../options/sources.js';

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

const DOORBELL_CHOICES: readonly DoorbellChoice[] = ['auto', ...DOORBELL_NAMES];

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
  choiceOption('--doorbell <name>', 'what tells that it is time to look', DOORBELL_CHOICES, 'auto'),
  SOURCE_OPTION,
  PROCESSES_OPTION,
  { flags: '--verbose', description: 'tell on standard error why a source or doorbell failed' },
];
