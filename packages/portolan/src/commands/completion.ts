import type { Command } from 'commander';
import { bashScript } from '../completion/bash.js';
import { completableCommands } from '../completion/completable-command.js';
import { fishScript } from '../completion/fish.js';
import { zshScript } from '../completion/zsh.js';
import type { Shell } from './completion-definition.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script that completes the program's commands, options and values in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](completableCommands(program));
}
