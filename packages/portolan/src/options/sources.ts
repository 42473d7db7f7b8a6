import { SOURCE_NAMES, type SourceName } from '@portolan/monitor';
import { parseChoice } from './choice.js';
import type { FilterOptions } from './filters.js';
import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

/** `--source` takes `auto` alone, or some of the others with commas between them. */
const SOURCE_VALUES = ['auto', ...SOURCE_NAMES] as const;

/**
 * Reads `auto`, `proc`, `ss,proc`.
 *
 * @throws UsageError for a source that does not exist
 */
export function parseSources(text: string): 'auto' | SourceName[] {
  const sources: SourceName[] = [];
  for (const part of text.split(',')) {
    const source = parseChoice(part, SOURCE_VALUES, '--source');
    if (source !== 'auto') sources.push(source);
    else if (text === source) return source;
    else throw new UsageError(`--source auto is the best that works, and stands alone: not '${text}'`);
  }
  return sources;
}

/** `--source`, for the commands that look. */
export const SOURCE_OPTION: OptionDefinition = {
  flags: '--source <list>',
  description: 'where to look; with several, the first that works answers',
  values: SOURCE_VALUES,
  parse: parseSources,
  default: 'auto',
};

/** `--processes`, for the commands that look. */
export const PROCESSES_OPTION: OptionDefinition = {
  flags: '--processes',
  description: 'find the processes elsewhere too, where that takes longer',
};

/**
 * Decides if the processes are searched for: when an option asks for it, or when a filter needs them.
 *
 * @returns undefined if the library may decide it for each place
 * @throws UsageError if a filter needs the processes and `--no-processes` forbids them
 */
export function wantedProcesses({
  processes,
  ...filters
}: FilterOptions & { readonly processes?: boolean }): boolean | undefined {
  const needing = (['process', 'tree', 'env'] as const).find((name) => filters[name] !== undefined);
  if (processes === false && needing !== undefined)
    throw new UsageError(`option '--no-processes' cannot be used with option '--${needing}'`);
  const isByHolder = filters.process !== undefined || filters.user !== undefined;
  return processes ?? (isByHolder ? true : undefined);
}
