import type { PortRange, SourceName } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions } from '../arguments/add-options.js';
import { parseChoice } from '../arguments/choice.js';
import { EPHEMERAL_OPTION, withoutClients } from '../arguments/ephemeral.js';
import { FILTER_NOTE, FILTER_OPTIONS, type FilterOptions, toFilter } from '../arguments/filters.js';
import { INTERVAL_OPTION } from '../arguments/interval.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { PLACE_NOTE, PLACE_OPTION, type PlaceOptions } from '../arguments/places.js';
import { portArgument } from '../arguments/port-argument.js';
import { PROCESSES_OPTION } from '../arguments/processes.js';
import { SOURCE_OPTION } from '../arguments/sources.js';
import type { ExitStatus } from '../exit-status.js';
import { SORT_KEYS, type SortKey } from '../order.js';

/** What `portolan top` is told. */
export interface TopOptions extends FilterOptions, PlaceOptions {
  readonly processes?: true;
  readonly ephemeral?: true;
  readonly sort: SortKey;
  /** Milliseconds. */
  readonly interval?: number;
  readonly source: 'auto' | readonly SourceName[];
}

const TOP_OPTIONS: readonly OptionDefinition[] = [
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  EPHEMERAL_OPTION,
  {
    flags: '--sort <key>',
    description: 'the order to begin with',
    values: SORT_KEYS,
    parse: (text) => parseChoice(text, SORT_KEYS, '--sort'),
    default: 'port',
  },
  INTERVAL_OPTION,
  SOURCE_OPTION,
  PROCESSES_OPTION,
];

const EXAMPLES = `${FILTER_NOTE}
${PLACE_NOTE}

Examples:
  portolan top                     every listening port, live; ? shows the keys, q ends it
  portolan top 3000-3999           only these ports
  portolan top -t --sort process   TCP only, in the order of the processes' names
  portolan top --in self --in docker:web`;

/** Defines `portolan top [port...]`. */
export function defineTop(program: Command, end: (status: ExitStatus) => void): Command {
  const command = program.command('top').description('show the listening ports live on the whole screen');
  return addOptions(command.addArgument(portArgument(command)), TOP_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(async (ports: PortRange[] | undefined, options: TopOptions) => {
      const { top } = await import('./top.js');
      end(await top(withoutClients(await toFilter(ports ?? [], options), options), options));
    });
}
