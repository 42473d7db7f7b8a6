import { Argument, type Command } from 'commander';
import { addOptions, wordsBehindDashes } from '../../options/commander-options.js';
import { FILTER_NOTE } from '../../options/filters.js';
import { PLACE_NOTE } from '../../options/places.js';
import { parsePorts } from '../../options/ports.js';
import { UsageError } from '../../options/usage-error.js';
import type { CommandLine } from '../define-command.js';
import { WAIT_OPTIONS, type WaitOptions } from './wait-options.js';

const DEFAULT_TIMEOUT_MS = 30_000;

const EXAMPLES = `${FILTER_NOTE}
${PLACE_NOTE}

Examples:
  portolan wait 5432 6379                       until the database and the cache are up
  portolan wait 3000 --http /health             until the server says that it is well
  portolan wait 8000-8003 -- npm test           run the tests once all four listen
  portolan wait 3000 --tree 812                 until that process, or one below it, listens there
  portolan wait 5432 --in docker:db             until it listens in that container, also when it is started later
  portolan wait 3000 --closed --timeout 5s      until nothing listens on 3000 any more

Exit status:
  0 as wanted   1 not in time   2 wrong usage   3 no source worked   or that of the command`;

/** Defines `portolan wait <port...> [-- command...]`. */
export function defineWait(program: Command, { args, end }: CommandLine): Command {
  const command = program.command('wait').description('wait until ports are open, or closed');
  const ports = new Argument('<port...>', 'ports and ranges, all of them: 3000 8000-8003');
  return addOptions(command.addArgument(ports), WAIT_OPTIONS)
    .usage('<port...> [options] [-- command...]')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: Partial<WaitOptions> & Pick<WaitOptions, 'source'>) => {
      const behind = wordsBehindDashes(args);
      const ports = words.slice(0, words.length - behind.length).flatMap((word) => parsePorts(word));
      if (ports.length === 0) throw new UsageError('wait takes the ports to wait for, in front of --');
      const { wait } = await import('./wait.js');
      end(await wait(ports, { timeout: DEFAULT_TIMEOUT_MS, ...options }, behind));
    });
}
