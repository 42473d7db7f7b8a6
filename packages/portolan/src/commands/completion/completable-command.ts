import type { Command, Option } from 'commander';
import { RepeatableOption } from '../../options/commander-options.js';

/** What a shell needs to know of a command to complete it. */
export interface CompletableCommand {
  readonly name: string;
  readonly description: string;
  /** Whether it is what the program does without a command. */
  readonly isDefault: boolean;
  readonly options: readonly CompletableOption[];
  /** The values of its argument, where they are known. */
  readonly values: readonly string[];
}

export interface CompletableOption {
  /** All that it may be written as: `-t`, `--tcp`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Whether it may be given several times. */
  readonly isRepeatable: boolean;
  /** Its values, where they are known; to what ends with a colon something is to be added. */
  readonly values: readonly string[];
}

/** Where the files are that have the names which go behind `netns:` (ip-netns(8)). */
export const NETNS_DIRECTORY = '/run/netns';

/** The command that the program runs without one; commander does not tell. */
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
