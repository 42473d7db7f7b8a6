import type { Command } from 'commander';
import { addOptions, wordsBehindDashes } from '../../options/commander-options.js';
import { UsageError } from '../../options/usage-error.js';
import type { CommandLine } from '../define-command.js';
import { RUN_OPTIONS, type RunOptions } from './run-options.js';

const EXAMPLES = `
Examples:
  portolan run -- npm run dev                          say where the dev server is found
  portolan run --ports-file ports.json -- npm start    and keep a file of it
  portolan run --clean -- make e2e                     leave no server behind

Whatever the command starts belongs to it, also what detaches itself. A line is written to standard error for each port
as it opens; where a full-screen program has the terminal, that would write into its screen: use --quiet there, with
--ports-file, or 2>ports.log.

Exit status:
  that of the command; where a signal ended it, the same signal   126 it can't be run   127 it is not found
  2 wrong usage   3 no source worked`;

/** Defines `portolan run -- command...`. */
export function defineRun(program: Command, { args, end }: CommandLine): Command {
  const command = program.command('run').description('run a command and say which ports it opens');
  return addOptions(command.argument('[command...]', 'the command and its arguments, behind --'), RUN_OPTIONS)
    .usage('[options] -- command...')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: RunOptions) => {
      const behind = wordsBehindDashes(args);
      if (behind.length === 0 || words.length > behind.length)
        throw new UsageError('run takes the command behind --: portolan run -- npm run dev');
      const { run } = await import('./run.js');
      end(await run(behind, options));
    });
}
