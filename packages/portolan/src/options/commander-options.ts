import type { PortRange } from '@portolan/monitor';
import { Argument, type Command, Option } from 'commander';
import type { OptionDefinition } from './option-definition.js';
import { parsePorts } from './ports.js';

/** An option that may be given several times: commander has no word for it. */
export class RepeatableOption extends Option {}

/** Adds options to a command, and returns the command. */
export function addOptions(command: Command, definitions: readonly OptionDefinition[]): Command {
  for (const definition of definitions) command.addOption(commanderOption(definition));
  return command;
}

function commanderOption(definition: OptionDefinition): Option {
  const { flags, description, values, parse, conflicts, repeatable } = definition;
  const option = repeatable ? new RepeatableOption(flags, description) : new Option(flags, description);
  if (values !== undefined) option.choices(values);
  if (parse !== undefined)
    option.argParser((text: string, earlier: unknown) =>
      repeatable ? [...(Array.isArray(earlier) ? earlier : []), parse(text)] : parse(text),
    );
  if (definition.default !== undefined) option.default(definition.default);
  if (conflicts !== undefined) option.conflicts([...conflicts]);
  return option;
}

/** The argument of the commands that are given ports: none, one, or many. */
export function portArgument(command: Command): Argument {
  return new Argument('[port...]', 'ports and ranges: 3000 8000-8999').argParser(
    (text: string, ports: PortRange[] | undefined) => [
      ...(ports ?? []),
      ...parsePorts(text, siblingNames(command)),
    ],
  );
}

/** The commands that a mistyped word may have meant instead of a port. */
function siblingNames(command: Command): string[] {
  return command.parent?.commands.map((sibling) => sibling.name()) ?? [];
}

/** The words behind the first `--` of a command line. Commander does not tell which stood there. */
export function wordsBehindDashes(args: readonly string[]): readonly string[] {
  const dashes = args.indexOf('--');
  return dashes < 0 ? [] : args.slice(dashes + 1);
}
