import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help } from 'commander';
import { defineCompletion } from './commands/completion/define-completion.js';
import type { DefineCommand } from './commands/define-command.js';
import { defineKill } from './commands/kill/define-kill.js';
import { defineList, LIST_EXAMPLES } from './commands/list/define-list.js';
import { defineRun } from './commands/run/define-run.js';
import { defineTop } from './commands/top/define-top.js';
import { defineWait } from './commands/wait/define-wait.js';
import { defineWatch } from './commands/watch/define-watch.js';
import { ExitStatus } from './exit/exit-status.js';
import { tell } from './render/tell.js';

/** The commands besides `list`, in the order of the help. */
const COMMANDS: readonly DefineCommand[] = [
  defineWatch,
  defineWait,
  defineRun,
  defineKill,
  defineTop,
  defineCompletion,
];

/**
 * Runs the command line through commander, which knows all commands.
 *
 * @param args the words after the command's name
 */
export async function runCommandLine(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.found;
  const program = createProgram(args, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written the message already. The help and the version end this way too.
    return error.exitCode === 0 ? ExitStatus.found : ExitStatus.wrongUsage;
  }
}

/**
 * Defines the command line. What a command does is loaded when it runs.
 *
 * @param args the words that it will be run with
 * @param end receives the exit status of the command that ran
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
  const list = defineList(program, { args, end });
  for (const define of COMMANDS) define(program, { args, end });
  // `portolan` alone lists, so people look for the options of `list` in its help.
  program.configureHelp({
    visibleOptions: (command) => {
      const own = new Help().visibleOptions(command);
      return command === program ? [...list.options, ...own] : own;
    },
  });
  return program.addHelpText('after', LIST_EXAMPLES);
}

/** Takes out the suggestion of the very option that was typed, which `list` has and the command that was named has not. */
function withoutIdleSuggestion(text: string): string {
  return text.replace(/^(unknown option '(--[^']*)')\s+\(Did you mean \2\?\)/, '$1');
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
