import type { SourceName } from '@portolan/monitor';
import { Argument, type Command } from 'commander';
import { addOptions } from '../arguments/add-options.js';
import { parseDuration } from '../arguments/duration.js';
import { FILTER_NOTE, FILTER_OPTIONS, type FilterOptions } from '../arguments/filters.js';
import type { OptionDefinition } from '../arguments/option-definition.js';
import { PLACE_NOTE, PLACE_OPTION, type PlaceOptions } from '../arguments/places.js';
import { parsePorts } from '../arguments/ports.js';
import { SOURCE_OPTION } from '../arguments/sources.js';
import { wordsBehindDashes } from '../arguments/words-behind-dashes.js';
import type { ExitStatus } from '../exit-status.js';
import { UsageError } from '../usage-error.js';
import { parseHttpPath } from '../wait/http-target.js';

/** What `portolan wait` is told. */
export interface WaitOptions extends FilterOptions, PlaceOptions {
  readonly closed?: true;
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number;
  /** The path to ask for. */
  readonly http?: string;
  readonly source: 'auto' | readonly SourceName[];
}

const DEFAULT_TIMEOUT_MS = 30_000;

const WAIT_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--closed', description: 'wait until none of the ports is open', conflicts: ['http'] },
  {
    flags: '--timeout <time>',
    description: 'give up after so long (30s); 0 waits for ever',
    parse: parseDuration,
  },
  {
    flags: '--http <path>',
    description: 'wait until the ports answer a GET of this with a status below 400',
    parse: parseHttpPath,
    conflicts: ['udp'],
  },
  PLACE_OPTION,
  ...FILTER_OPTIONS,
  SOURCE_OPTION,
];

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

/**
 * Defines `portolan wait <port...> [-- command...]`.
 *
 * @param args the whole command line, in which `--` can be seen
 */
export function defineWait(
  program: Command,
  args: readonly string[],
  end: (status: ExitStatus) => void,
): Command {
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
