import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders, findHoldersAmong, type Holders } from './find-holders.js';
import type { Process } from './process.js';
import { readProcess } from './read-process.js';
import { seesEveryProcess } from './sees-every-process.js';
import { runInSlices } from './slices.js';

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each.
 *
 * @param likely pids to look at first
 * @throws the signal's reason where it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  likely: readonly number[] = [],
  signal?: AbortSignal,
): Promise<Listener[]> {
  const { pids, isPartial } = await findHolders(inodesOf(listeners), likely, signal);
  const processes = await runInSlices(readProcesses(pids.values()), signal);
  return attach(listeners, pids, processes, !isPartial && seesEveryProcess());
}

/**
 * The same from a look at these processes alone, which takes no time to speak of.
 *
 * @returns undefined where not every socket has its process among them; it may have others besides
 */
export function attachProcessesAmong(
  pids: readonly number[],
  listeners: readonly Listener[],
): Listener[] | undefined {
  const inodes = inodesOf(listeners);
  const holders = findHoldersAmong(pids, inodes);
  if (holders.size < inodes.size) return undefined;
  const work = readProcesses(holders.values());
  let step = work.next();
  while (!step.done) step = work.next();
  return attach(listeners, holders, step.value, false);
}

function attach(
  listeners: readonly Listener[],
  pids: Holders['pids'],
  processes: ReadonlyMap<number, Process>,
  isComplete: boolean,
): Listener[] {
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
