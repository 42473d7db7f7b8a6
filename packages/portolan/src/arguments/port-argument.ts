import type { PortRange } from '@portolan/monitor';
import { Argument, type Command } from 'commander';
import { parsePorts } from './ports.js';

/** The argument of the commands that are told ports: none, one or many of them. */
export function portArgument(command: Command): Argument {
  return new Argument('[port...]', 'ports and ranges: 3000 8000-8999').argParser(
    (text: string, ports: PortRange[] | undefined) => [
      ...(ports ?? []),
      ...parsePorts(text, siblingNames(command)),
    ],
  );
}

/** The commands that a mistyped word in place of a port may have meant. */
function siblingNames(command: Command): string[] {
  return command.parent?.commands.map((sibling) => sibling.name()) ?? [];
}
