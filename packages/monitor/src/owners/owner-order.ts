import { NO_OWNERS } from '../processes/process.js';

/**
 * The names of a process's owners, by how they came to own it. The nearest come first:
 *
 * 1. `livingTree`: a root that the process is, or descended from when it was found last. The nearer root comes first.
 * 2. `marks`: a variable in the environment of the process, or else of its nearest ancestor that has it. The nearer mark comes
 *    first.
 * 3. `formerTree`: a root that the process was detached from before it was found. The nearer root comes first.
 * 4. `cgroups`: the cgroup or the container of the process.
 */
export interface OwnersInOrder {
  readonly livingTree: readonly string[];
  readonly marks: readonly string[];
  readonly formerTree: readonly string[];
  readonly cgroups: readonly string[];
}

const ORDER = ['livingTree', 'marks', 'formerTree', 'cgroups'] as const;

/** The names of the owners of all these, each once, in their order. */
export function namesOf(
  owners: readonly OwnersInOrder[],
  cgroupsOfSockets: readonly string[] = [],
): readonly string[] {
  const names = new Set<string>();
  for (const kind of ORDER) for (const each of owners) for (const name of each[kind]) names.add(name);
  for (const name of cgroupsOfSockets) names.add(name);
  return names.size === 0 ? NO_OWNERS : [...names];
}
