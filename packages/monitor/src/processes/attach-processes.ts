import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders } from './find-holders.js';
import type { Process } from './process.js';
import { processReader } from './process-reader.js';
import { holdersSeen, type SeenProcess } from './seen-holders.js';
import { seesEveryProcess } from './sees-every-process.js';

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each.
 *
 * @throws the signal's reason where it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  signal?: AbortSignal,
): Promise<Listener[]> {
  const sockets = listeners.flatMap((listener) => listener.sockets);
  const seen = new Map(sockets.flatMap(holdersOrNone).map((process) => [process.pid, process]));
  const { pids, isPartial } = await findHolders(inodesToSearch(sockets), signal);
  const found = [...pids.values()].flatMap((holders) => [...holders]);
  const processes = await processReader().read(new Set([...seen.keys(), ...found]), seen, signal);
  let isComplete: boolean | undefined;

  function pidsOf(socket: ListenerSocket): readonly number[] | undefined {
    const holders = holdersSeen(socket);
    if (holders !== undefined) return holders.map(({ pid }) => pid);
    const searched = socket.inode === null ? undefined : pids.get(socket.inode);
    return searched && [...searched];
  }

  function processesOf(socket: ListenerSocket): Process[] {
    return (pidsOf(socket) ?? []).flatMap((pid) => processes.get(pid) ?? []);
  }

  function holderOf(socket: ListenerSocket): SocketHolder | null {
    if (processesOf(socket).length > 0) return 'process';
    // Its holders were found, but have ended since.
    if (socket.inode === null || pidsOf(socket) !== undefined) return null;
    isComplete ??= !isPartial && seesEveryProcess();
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

function holdersOrNone(socket: ListenerSocket): readonly SeenProcess[] {
  return holdersSeen(socket) ?? [];
}

/** Those of sockets whose source did not tell who holds them. */
function inodesToSearch(sockets: readonly ListenerSocket[]): Set<number> {
  const unknown = sockets.filter((socket) => holdersSeen(socket) === undefined);
  return new Set(unknown.flatMap(({ inode }) => inode ?? []));
}

function sortedOnce(processes: readonly Process[]): Process[] {
  return [...new Set(processes)].sort((a, b) => a.pid - b.pid);
}
