import { readProcess } from '../../processes/read-process.js';
import type { ContainerState } from './container-state.js';

/** Engines tell when they had started a container, some time after its first process began. */
const START_TOLERANCE_MS = 2000;

/**
 * The first process of a container, where it is one of this machine's: only then can its namespaces be looked at from here.
 * An engine on another machine, or in a virtual one, tells pids that mean nothing here, or another process; so the process
 * has to be in a cgroup of that container, or else in no container's, and as old as the container is.
 *
 * @returns undefined where it does not run, or runs elsewhere
 */
export function localPidOf({ id, pid, startedAt }: ContainerState): number | undefined {
  if (process.platform !== 'linux' || pid === null) return undefined;
  const found = readProcess(pid);
  if (found === null) return undefined;
  if (found.container !== null) return found.container === id ? pid : undefined;
  if (found.startedAt === null || startedAt === null) return undefined;
  const differenceMs = Math.abs(startedAt.getTime() - found.startedAt.getTime());
  return differenceMs <= START_TOLERANCE_MS ? pid : undefined;
}
