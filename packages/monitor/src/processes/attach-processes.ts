import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders, findHoldersAmong, type Holders } from './find-holders.js';
import type { Process } from './process.js';
import { processReader } from './process-reader.js';
import { readProcess } from './read-process.js';
import { holdersSeen, type SeenProcess } from './seen-holders.js';
import { seesEveryProcess } from './sees-every-process.js';

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each.
 *
 * @param likely pids to look at first
 * @param namespaceOf which network namespace a place is ({@link networkNamespaceOf}); undefined where that can't be told
 * @throws the signal's reason where it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  likely: readonly number[] = [],
  signal?: AbortSignal,
  namespaceOf: (place: string) => number | undefined = () => networkNamespaceOf('self'),
): Promise<Listener[]> {
  const sockets = listeners.flatMap((listener) => listener.sockets);
  const seen = new Map(sockets.flatMap(holdersOrNone).map((process) => [process.pid, process]));
  const { pids, unread } = await findHolders(inodesToSearch(sockets), likely, signal);
  const found = [...pids.values()].flatMap((holders) => [...holders]);
  const processes = await processReader().read(new Set([...seen.keys(), ...found]), seen, signal);
  const mayBeUnread = (place: string) => {
    const namespace = namespaceOf(place);
    return namespace === undefined ? unread.size > 0 : unread.has(namespace);
  };
  return attach(listeners, pids, processes, (place) => !mayBeUnread(place) && seesEveryProcess());
}

/**
 * The same from a look at these processes of /proc alone, which takes no time to speak of.
 *
 * @returns undefined where not every socket has its process among them; it may have others besides
 */
export function attachProcessesAmong(
  pids: readonly number[],
  listeners: readonly Listener[],
): Listener[] | undefined {
  const inodes = inodesToSearch(listeners.flatMap(({ sockets }) => sockets));
  const holders = findHoldersAmong(pids, inodes);
  if (holders.size < inodes.size) return undefined;
  const processes = new Map<number, Process>();
  for (const pid of new Set([...holders.values()].flatMap((each) => [...each]))) {
    const process = readProcess(pid);
    if (process !== null) processes.set(pid, process);
  }
  return attach(listeners, holders, processes, () => false);
}

/** @param seesAll whether a socket of a place that nobody was found to hold is held by nobody; asked once for each place */
function attach(
  listeners: readonly Listener[],
  pids: Holders['pids'],
  processes: ReadonlyMap<number, Process>,
  seesAll: (place: string) => boolean,
): Listener[] {
  const isComplete = new Map<string, boolean>();

  function pidsOf(socket: ListenerSocket): readonly number[] | undefined {
    const holders = holdersSeen(socket);
    if (holders !== undefined) return holders.map(({ pid }) => pid);
    const searched = socket.inode === null ? undefined : pids.get(socket.inode);
    return searched && [...searched];
  }

  function processesOf(socket: ListenerSocket): Process[] {
    return (pidsOf(socket) ?? []).flatMap((pid) => processes.get(pid) ?? []);
  }

  function holderOf(socket: ListenerSocket, place: string): SocketHolder | null {
    if (processesOf(socket).length > 0) return 'process';
    // Its holders were found, but have ended since.
    if (socket.inode === null || pidsOf(socket) !== undefined) return null;
    const complete = isComplete.get(place) ?? seesAll(place);
    isComplete.set(place, complete);
    return complete ? unheld(socket) : 'hidden';
  }

  return listeners.map((listener) => ({
    ...listener,
    sockets: listener.sockets.map((socket) => ({ ...socket, holder: holderOf(socket, listener.place) })),
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
