import type { PortRange } from '@portolan/monitor';
import { parsePlainly } from '../../options/parse-plainly.js';
import { parsePorts } from '../../options/ports.js';
import { LIST_OPTIONS, type ListOptions } from './list-options.js';

/** `portolan [list] [port...] [options]`, understood. */
export interface PlainList {
  readonly ports: readonly PortRange[];
  readonly options: ListOptions;
}

/** Reads a command line that plainly asks for the list; undefined leaves it to commander. */
export function parsePlainList(args: readonly string[]): PlainList | undefined {
  const line = parsePlainly(args[0] === 'list' ? args.slice(1) : args, LIST_OPTIONS, (word) =>
    parsePorts(word),
  );
  if (line === undefined) return undefined;
  return { ports: line.words.flat(), options: line.options as unknown as ListOptions };
}
