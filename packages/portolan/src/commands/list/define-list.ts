import type { PortRange } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions, portArgument } from '../../options/commander-options.js';
import { FILTER_NOTE, toFilter } from '../../options/filters.js';
import { PLACE_NOTE } from '../../options/places.js';
import type { CommandLine } from '../define-command.js';
import { LIST_OPTIONS, type ListOptions } from './list-options.js';

/** The end of the help. */
export const LIST_EXAMPLES = `${FILTER_NOTE}
${PLACE_NOTE}

Examples:
  portolan                        every listening port and the process behind it
  portolan 3000 8000-8999         who is on port 3000, and on those from 8000 to 8999
  portolan -t --process node      TCP ports of processes with node in their name
  portolan --tree 812             what that process and its descendants listen on
  portolan --cgroup ssh.service   what a systemd unit listens on
  portolan --in all               what listens in every network namespace of this machine
  portolan --in docker:web --in netns:blue
  portolan --json | jq '.listeners[].port'
  portolan --format ss            what ss -lntu prints

Exit status:
  0 found   1 nothing matched   2 wrong usage   3 no source worked, or a place could not be looked at`;

/** Defines `portolan list [port...]`, which also runs if no command is named. */
export function defineList(program: Command, { end }: CommandLine): Command {
  const command = program.command('list', { isDefault: true }).description('list the listening ports');
  return addOptions(command.addArgument(portArgument(command)), LIST_OPTIONS)
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (ports: PortRange[], options: ListOptions) => {
      const { list } = await import('./list.js');
      end(await list(await toFilter(ports, options), options));
    });
}
