import type { PortRange } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions, portArgument } from '../../options/commander-options.js';
import { FILTER_NOTE, toFilter, withoutEphemeral } from '../../options/filters.js';
import { PLACE_NOTE } from '../../options/places.js';
import type { CommandLine } from '../define-command.js';
import { TOP_OPTIONS, type TopOptions } from './top-options.js';

const EXAMPLES = `${FILTER_NOTE}
${PLACE_NOTE}

Examples:
  portolan top                     every listening port, live; ? shows the keys, q ends it
  portolan top 3000-3999           only these ports
  portolan top -t --sort process   TCP only, in the order of the processes' names
  portolan top --in self --in docker:web`;

/** Defines `portolan top [port...]`. */
export function defineTop(program: Command, { end }: CommandLine): Command {
  const command = program.command('top').description('show the listening ports live on the whole screen');
  return addOptions(command.addArgument(portArgument(command)), TOP_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(async (ports: PortRange[] | undefined, options: TopOptions) => {
      const { top } = await import('./top.js');
      end(await top(withoutEphemeral(await toFilter(ports ?? [], options), options), options));
    });
}
