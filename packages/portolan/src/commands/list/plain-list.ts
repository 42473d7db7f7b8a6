import type { PortRange } from '@portolan/monitor';
import { parsePlainly } from '../../options/parse-plainly.js';
import { parsePorts } from '../../options/ports.js';
import { LIST_OPTIONS, type ListOptions } from './list-options.js';

/** A command line `portolan [list] [port...] [options]`, parsed. */
export interface PlainList {
  readonly ports: readonly PortRange[];
  readonly options: ListOptions;
}

/**
 * Parses a command line that asks for the list and has no faults.
 *
 * @returns undefined if commander must parse it
 */
export function parsePlainList(args: readonly string[]): PlainList | undefined {
  const line = parsePlainly(args[0] === 'list' ? args.slice(1) : args, LIST_OPTIONS, (word) =>
    parsePorts(word),
  );
  if (line === undefined) return undefined;
  return { ports: line.words.flat(), options: line.options as unknown as ListOptions };
}
