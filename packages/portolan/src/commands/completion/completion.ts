import type { Command } from 'commander';
import { bashScript } from './bash.js';
import { type CompletableCommand, completableCommands } from './completable-command.js';
import { fishScript } from './fish.js';
import type { Shell } from './shells.js';
import { zshScript } from './zsh.js';

/** What makes the script of each shell. */
const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  Shell,
  (commands: readonly CompletableCommand[]) => string
>;

/** The script that completes the program's commands, options and values in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](completableCommands(program));
}
