import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders } from './find-holders.js';
import type { Process } from './process.js';
import { readProcess } from './read-process.js';
import { seesEveryProcess } from './sees-every-process.js';
import { runInSlices } from './slices.js';

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each.
 *
 * @throws the signal's reason where it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  signal?: AbortSignal,
): Promise<Listener[]> {
  const { pids, isPartial } = await findHolders(inodesOf(listeners), signal);
  const processes = await runInSlices(readProcesses(pids.values()), signal);
  const isComplete = !isPartial && seesEveryProcess();

  function processesOf({ inode }: ListenerSocket): Process[] {
    const holders = inode === null ? undefined : pids.get(inode);
    return [...(holders ?? [])].flatMap((pid) => processes.get(pid) ?? []);
  }

  function holderOf(socket: ListenerSocket): SocketHolder | null {
    if (socket.inode === null) return null;
    if (processesOf(socket).length > 0) return 'process';
    // Its holders were found, but have ended since.
    if (pids.has(socket.inode)) return null;
    return isComplete ? unheld(socket) : 'hidden';
  }

  return listeners.map((listener) => ({
    ...listener,
    sockets: listener.sockets.map((socket) => ({ ...socket, holder: holderOf(socket) })),
    processes: sortedOnce(listener.sockets.flatMap(processesOf)),
  }));
}

/** The kernel's own sockets are root's. Another's, held by nobody, was closed while it was searched for. */
function unheld({ uid }: ListenerSocket): SocketHolder | null {
  return uid === 0 || uid === null ? 'kernel' : null;
}

function inodesOf(listeners: readonly Listener[]): Set<number> {
  const inodes = listeners.flatMap(({ sockets }) => sockets.map(({ inode }) => inode));
  return new Set(inodes.filter((inode) => inode !== null));
}

function* readProcesses(holders: Iterable<ReadonlySet<number>>): Generator<void, Map<number, Process>> {
  const processes = new Map<number, Process>();
  for (const pids of holders) {
    for (const pid of pids) {
      if (processes.has(pid)) continue;
      const process = readProcess(pid);
      if (process !== null) processes.set(pid, process);
      yield;
    }
  }
  return processes;
}

function sortedOnce(processes: readonly Process[]): Process[] {
  return [...new Set(processes)].sort((a, b) => a.pid - b.pid);
}
