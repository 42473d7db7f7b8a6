import type { SourceName } from '@portolan/monitor';
import { SORT_KEYS, type SortKey } from '../../listeners/order.js';
import { choiceOption } from '../../options/choice.js';
import { INTERVAL_OPTION } from '../../options/durations.js';
import { EPHEMERAL_OPTION, FILTER_OPTIONS, type FilterOptions } from '../../options/filters.js';
import type { OptionDefinition } from '../../options/option-definition.js';
import { PLACE_OPTION, type PlaceOptions } from '../../options/places.js';
import { PROCESSES_OPTION, SOURCE_OPTION } from '../../options/sources.js';

/** The options of `portolan top`. */
export interface TopOptions extends FilterOptions, PlaceOptions {
  readonly processes?: true;
  readonly ephemeral?: true;
  readonly sort: SortKey;
  /** Milliseconds. */
  readonly interval?: number;
  readonly source: 'auto' | readonly SourceName[];
}

export const TOP_OPTIONS: readonly OptionDefinition[] = [
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  EPHEMERAL_OPTION,
  choiceOption('--sort <key>', 'the order to begin with', SORT_KEYS, 'port'),
  INTERVAL_OPTION,
  SOURCE_OPTION,
  PROCESSES_OPTION,
];
