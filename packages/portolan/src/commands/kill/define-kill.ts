import type { PortRange } from '@portolan/monitor';
import type { Command } from 'commander';
import { addOptions, portArgument } from '../../options/commander-options.js';
import { FILTER_NOTE, toFilter } from '../../options/filters.js';
import { UsageError } from '../../options/usage-error.js';
import type { CommandLine } from '../define-command.js';
import { KILL_OPTIONS, type KillOptions } from './kill-options.js';

const EXAMPLES = `${FILTER_NOTE}

Examples:
  portolan kill 3000                     show who is on port 3000, ask, and end it
  portolan kill 3000 8000-8003 --yes     do not ask: for scripts
  portolan kill 3000 --grace 500ms       kill what has not ended after half a second
  portolan kill 3000-3999 --process node
  portolan kill 3000 --env TERMINAL_ID=7 what was started with that in its environment, and nothing else

A port is left alone as a whole where one of its processes may not be ended: the first process of all, this command
and what it descends from, the proxy of a container, the kernel, what another user runs, or what shares the port and
is left out by --tree, --env, --cgroup or --container.

Exit status:
  0 all free   1 nothing listens there, it is taken still, or the answer was no   2 wrong usage   3 no source worked`;

/** Defines `portolan kill <port...>`. */
export function defineKill(program: Command, { end }: CommandLine): Command {
  const command = program.command('kill').description('free ports: end the processes that listen on them');
  return addOptions(command.addArgument(portArgument(command)), KILL_OPTIONS)
    .usage('<port...> [options]')
    .addHelpText('after', EXAMPLES)
    .action(async (ports: PortRange[] | undefined, options: KillOptions) => {
      if (ports === undefined || ports.length === 0) throw new UsageError('kill takes the ports to free');
      const { kill } = await import('./kill.js');
      end(await kill(ports, await toFilter(ports, options), options));
    });
}
