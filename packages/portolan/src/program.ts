import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help } from 'commander';
import { defineCompletion } from './commands/completion-definition.js';
import { defineKill } from './commands/kill-definition.js';
import { defineList, LIST_EXAMPLES } from './commands/list-definition.js';
import { defineRun } from './commands/run-definition.js';
import { defineTop } from './commands/top-definition.js';
import { defineWait } from './commands/wait-definition.js';
import { defineWatch } from './commands/watch-definition.js';
import { ExitStatus } from './exit-status.js';
import { tell } from './standard-streams.js';

/** Runs the command line through commander, which knows all commands. */
export async function runProgram(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.found;
  const program = createProgram(args, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Its message is written already; help and version end this way too.
    return error.exitCode === 0 ? ExitStatus.found : ExitStatus.wrongUsage;
  }
}

/**
 * Defines the command line. What a command does is loaded when it runs.
 *
 * @param args what it will be run with
 * @param end is told the exit status of the command that ran
 */
function createProgram(args: readonly string[], end: (status: ExitStatus) => void): Command {
  const program = new Command('portolan')
    .description('Shows which ports are listening and which process is behind each.')
    .usage('[port...] [options]\n       portolan <command> [options]')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({ outputError: (text) => tell(withoutIdleSuggestion(text.replace(/^error: /, ''))) });
  const list = defineList(program, end);
  defineWatch(program, end);
  defineWait(program, args, end);
  defineRun(program, args, end);
  defineKill(program, end);
  defineTop(program, end);
  defineCompletion(program);
  // `portolan` alone lists, so its help is where the options of `list` are looked for.
  program.configureHelp({
    visibleOptions: (command) => {
      const own = new Help().visibleOptions(command);
      return command === program ? [...list.options, ...own] : own;
    },
  });
  return program.addHelpText('after', LIST_EXAMPLES);
}

/** An option of `list` that another command does not know is not what was meant there. */
function withoutIdleSuggestion(text: string): string {
  return text.replace(/^(unknown option '(--[^']*)')\s+\(Did you mean \2\?\)/, '$1');
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
