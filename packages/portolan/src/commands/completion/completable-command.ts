import type { Command, Option } from 'commander';
import { RepeatableOption } from '../../options/commander-options.js';

/** What a shell needs to know of a command to complete it. */
export interface CompletableCommand {
  readonly name: string;
  readonly description: string;
  /** True for the command that runs if none is named. */
  readonly isDefault: boolean;
  readonly options: readonly CompletableOption[];
  /** The values of its argument, if they are known. */
  readonly values: readonly string[];
}

export interface CompletableOption {
  /** All its names: `-t`, `--tcp`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** True if it may be given several times. */
  readonly isRepeatable: boolean;
  /** Its values, if they are known. A value that ends with a colon needs more text behind it. */
  readonly values: readonly string[];
}

/** The directory of files whose names `netns:` takes (ip-netns(8)). */
export const NETNS_DIRECTORY = '/run/netns';

/** The command that runs if none is named. Commander does not tell. */
const DEFAULT_COMMAND = 'list';

/** The program's commands, as commander has them. */
export function completableCommands(program: Command): CompletableCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => {
    const isDefault = command.name() === DEFAULT_COMMAND;
    const options = [...help.visibleOptions(command), ...(isDefault ? program.options : [])];
    return {
      name: command.name(),
      description: help.subcommandDescription(command),
      isDefault,
      options: options.map(completableOption),
      values: argumentValues(program, command),
    };
  });
}

function completableOption(option: Option): CompletableOption {
  const { short, long, description, required, optional, argChoices } = option;
  return {
    names: [short, long].filter((name) => name !== undefined),
    description,
    takesValue: required || optional,
    isRepeatable: option instanceof RepeatableOption,
    values: argChoices ?? [],
  };
}

function argumentValues(program: Command, command: Command): readonly string[] {
  if (command.name() === 'help') return program.commands.map((sibling) => sibling.name());
  return command.registeredArguments[0]?.argChoices ?? [];
}
