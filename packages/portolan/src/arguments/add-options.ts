import { type Command, Option } from 'commander';
import type { OptionDefinition } from './option-definition.js';

/** One that may be given several times. */
export class RepeatableOption extends Option {}

/** Gives options to a command of commander's. */
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
