import type { PortRange } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions, portArgument } from '../../options/commander-options.js';
import { FILTER_NOTE, toFilter, withoutEphemeral } from '../../options/filters.js';
import { PLACE_NOTE } from '../../options/places.js';
import type { CommandLine } from '../define-command.js';
import { WATCH_OPTIONS, type WatchOptions } from './watch-options.js';

const EXAMPLES = `${FILTER_NOTE}
${PLACE_NOTE}

The command of --exec is run for one event after the other, and not for what --initial begins with.
It is ended with all that it started when it takes longer than 30 s, and when the watch ends. With
--ndjson, what it prints goes to standard error.

Examples:
  portolan watch                              every port that opens or closes
  portolan watch 3000 --initial               what is on port 3000, and what becomes of it
  portolan watch --settle 2s --process node   what node keeps open for two seconds or more
  portolan watch --tree $$                    what is started in this shell
  portolan watch --in all                     and where, in every network namespace of this machine
  portolan watch --ndjson | jq .listener.port
  portolan watch 5432 --exec 'notify-send "the database moved"'`;

/** Defines `portolan watch [port...]`. */
export function defineWatch(program: Command, { end }: CommandLine): Command {
  const command = program.command('watch').description('tell when ports open and close');
  return addOptions(command.addArgument(portArgument(command)), WATCH_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(async (ports: PortRange[] | undefined, options: WatchOptions) => {
      const { watch } = await import('./watch.js');
      end(await watch(withoutEphemeral(await toFilter(ports ?? [], options), options), options));
    });
}
