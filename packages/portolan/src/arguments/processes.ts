import { UsageError } from '../usage-error.js';
import type { FilterOptions } from './filters.js';
import type { OptionDefinition } from './option-definition.js';

/** `--processes`, as the commands that look take it. */
export const PROCESSES_OPTION: OptionDefinition = {
  flags: '--processes',
  description: 'find the processes elsewhere too, where that takes longer',
};

/**
 * Whether to find the processes: as it was asked, or as a filter needs it; undefined where that may depend on the place.
 *
 * @throws UsageError where they are needed, and not wanted
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
