import { readProcess } from '../../processes/read-process.js';
import type { ContainerState } from './container-state.js';

/** An engine notes the time when it has started a container, some time after the first process began. */
const START_TOLERANCE_MS = 2000;

/**
 * The pid of a container's first process, if the process is this machine's: only then can its namespaces be entered from
 * here. An engine on another or a virtual machine tells a pid that nobody, or another process, has here. So the process must
 * be in that container's cgroup. If it is in no container's cgroup, it must be as old as the container.
 *
 * @returns undefined if the container does not run, or runs elsewhere
 */
export function localPidOf({ id, pid, startedAt }: ContainerState): number | undefined {
  if (process.platform !== 'linux' || pid === null) return undefined;
  const first = readProcess(pid);
  if (first === null) return undefined;
  if (first.container !== null) return first.container === id ? pid : undefined;
  if (first.startedAt === null || startedAt === null) return undefined;
  const differenceMs = Math.abs(startedAt.getTime() - first.startedAt.getTime());
  return differenceMs <= START_TOLERANCE_MS ? pid : undefined;
}
