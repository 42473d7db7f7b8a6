import { Argument, type Command } from 'commander';
import { parseChoice } from '../../options/choice.js';
import { SHELLS, type Shell } from './shells.js';

const EXAMPLES = `
Examples:
  eval "$(portolan completion bash)"      in ~/.bashrc
  eval "$(portolan completion zsh)"       in ~/.zshrc, below compinit
  portolan completion fish | source       in ~/.config/fish/config.fish`;

/** Defines `portolan completion <shell>`. */
export function defineCompletion(program: Command): Command {
  return program
    .command('completion')
    .description('print a script that completes this command in a shell')
    .addArgument(
      new Argument('<shell>', 'the shell')
        .choices(SHELLS)
        .argParser((text: string) => parseChoice(text, SHELLS, 'completion')),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.js');
      process.stdout.write(completionScript(program, shell));
    });
}
