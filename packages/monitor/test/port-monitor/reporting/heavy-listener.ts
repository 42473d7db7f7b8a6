import type { Listener } from '../../../src/listener.js';
import { NO_OWNERS } from '../../../src/processes/process.js';
import { listenerAt } from '../listener-at.js';

/** A listener of a process whose command line takes so many bytes. */
export function heavyListener(port: number, bytes: number): Listener {
  const process = {
    pid: port,
    namespacePid: null,
    parentPid: null,
    name: 'heavy',
    commandLine: ['x'.repeat(bytes)],
    executable: null,
    uid: 0,
    user: 'root',
    startedAt: null,
    startTicks: 0,
    workingDirectory: null,
    container: null,
    unit: null,
    cgroup: null,
    leadsTo: null,
    owners: NO_OWNERS,
  };
  return { ...listenerAt(port), processes: [process] };
}
