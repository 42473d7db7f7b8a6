import type { DoorbellChoice, SourceName } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions } from '../arguments/add-options.js';
import { parseChoice } from '../arguments/choice.js';
import { parseDuration } from '../arguments/duration.js';
import { FILTER_OPTIONS, type FilterOptions, toFilter } from '../arguments/filters.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { portArgument } from '../arguments/port-argument.js';
import type { PortRange } from '../arguments/ports.js';
import { parseSources, SOURCE_VALUES } from '../arguments/sources.js';
import type { ExitStatus } from '../exit-status.js';

/** What `portolan watch` is told. */
export interface WatchOptions extends FilterOptions {
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

const WATCH_OPTIONS: readonly OptionDefinition[] = [
  ...FILTER_OPTIONS,
  { flags: '--ndjson', description: 'print a line of JSON for each event' },
  { flags: '--initial', description: 'begin with what is open already' },
  { flags: '--settle <time>', description: 'report only what stays open for so long', parse: parseDuration },
  { flags: '--exec <command>', description: 'run this for each event, which it gets as JSON and PORTOLAN_*' },
  { flags: '--shell', description: 'let a shell run what --exec names' },
  { flags: '--interval <time>', description: 'look at least so often (100ms)', parse: parseDuration },
  {
    flags: '--doorbell <name>',
    description: 'what tells that it is time to look',
    values: DOORBELLS,
    parse: (text) => parseChoice(text, DOORBELLS, '--doorbell'),
    default: 'auto',
  },
  {
    flags: '--source <list>',
    description: 'where to look; with several, the first that works answers',
    values: SOURCE_VALUES,
    parse: parseSources,
    default: 'auto',
  },
  { flags: '--verbose', description: 'tell on standard error why a source or doorbell failed' },
];

const EXAMPLES = `
Examples:
  portolan watch                              every port that opens or closes
  portolan watch 3000 --initial               what is on port 3000, and what becomes of it
  portolan watch --settle 2s --process node   what node keeps open for two seconds or more
  portolan watch --ndjson | jq .listener.port
  portolan watch 5432 --exec 'notify-send "the database moved"'`;

/** Defines `portolan watch [port...]`. */
export function defineWatch(program: Command, end: (status: ExitStatus) => void): Command {
  const command = program.command('watch').description('tell when ports open and close');
  return addOptions(command.addArgument(portArgument(command)), WATCH_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(async (ports: PortRange[] | undefined, options: WatchOptions) => {
      const { watch } = await import('./watch.js');
      end(await watch(toFilter(ports ?? [], options), options));
    });
}
