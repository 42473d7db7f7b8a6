import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders, findHoldersAmong, type Holders } from './find-holders.js';
import type { LikelyHolder } from './likely-holder.js';
import type { Process, SeenProcess } from './process.js';
import { processReader } from './process-reader.js';
import { readProcess } from './read-process.js';
import { seesEveryProcess } from './sees-every-process.js';

/** How to search for the processes behind sockets. */
export interface AttachOptions {
  /** Whom to look at first. */
  readonly likely?: readonly LikelyHolder[];
  /** What the source told of the processes in `sockets[].pids`, by pid. */
  readonly seen?: ReadonlyMap<number, SeenProcess>;
  /** Which network namespace a place is ({@link networkNamespaceOf}); undefined if that can't be told. */
  readonly namespaceOf?: (place: string) => number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each.
 *
 * @throws the signal's reason if it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  { likely = [], seen = new Map(), namespaceOf = ofThisProcess, signal }: AttachOptions = {},
): Promise<Listener[]> {
  const sockets = listeners.flatMap((listener) => listener.sockets);
  const { pids, unread } = await findHolders(inodesToSearch(sockets), likely, signal);
  const told = sockets.flatMap((socket) => socket.pids ?? []);
  const found = [...pids.values()].flatMap((holders) => [...holders]);
  const processes = await processReader().read(new Set([...told, ...found]), seen, signal);
  const mayBeUnread = (place: string) => {
    const namespace = namespaceOf(place);
    return namespace === undefined ? unread.size > 0 : unread.has(namespace);
  };
  return attach(listeners, pids, processes, (place) => !mayBeUnread(place) && seesEveryProcess());
}

function ofThisProcess(): number | undefined {
  return networkNamespaceOf('self');
}

/**
 * The same from a look at these processes of /proc alone, which takes no time to speak of.
 *
 * @returns undefined unless every socket has its process among them; a socket may have others besides
 */
export function attachProcessesAmong(
  likely: readonly LikelyHolder[],
  listeners: readonly Listener[],
): Listener[] | undefined {
  const inodes = inodesToSearch(listeners.flatMap(({ sockets }) => sockets));
  const holders = findHoldersAmong(likely, inodes);
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
  found: Holders['pids'],
  processes: ReadonlyMap<number, Process>,
  seesAll: (place: string) => boolean,
): Listener[] {
  const isComplete = new Map<string, boolean>();

  function holdersOf({ pids, inode }: ListenerSocket): Iterable<number> | undefined {
    return pids ?? (inode === null ? undefined : found.get(inode));
  }

  function holderOfUnheld(socket: ListenerSocket, place: string): SocketHolder | null {
    // Its holders were found, but have ended since.
    if (socket.inode === null || holdersOf(socket) !== undefined) return null;
    const complete = isComplete.get(place) ?? seesAll(place);
    isComplete.set(place, complete);
    return complete ? unheld(socket) : 'hidden';
  }

  function withHolders(socket: ListenerSocket, place: string): ListenerSocket & { readonly pids: number[] } {
    const pids = [...(holdersOf(socket) ?? [])].filter((pid) => processes.has(pid));
    return { ...socket, pids, holder: pids.length > 0 ? 'process' : holderOfUnheld(socket, place) };
  }

  return listeners.map((listener) => {
    const sockets = listener.sockets.map((socket) => withHolders(socket, listener.place));
    const pids = new Set(sockets.flatMap((socket) => socket.pids));
    return {
      ...listener,
      sockets,
      processes: [...pids].sort(byNumber).flatMap((pid) => processes.get(pid) ?? []),
    };
  });
}

function byNumber(a: number, b: number): number {
  return a - b;
}

/** The kernel's own sockets are root's. A user's socket that nobody holds was closed while it was searched for. */
function unheld({ uid }: ListenerSocket): SocketHolder | null {
  return uid === 0 || uid === null ? 'kernel' : null;
}

/** The inodes of the sockets whose source did not tell who holds them. */
function inodesToSearch(sockets: readonly ListenerSocket[]): Set<number> {
  return new Set(sockets.flatMap(({ pids, inode }) => (pids === null && inode !== null ? inode : [])));
}
