import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { findHolders, findHoldersAmong, type Holders } from '../processes/holders/find-holders.js';
import type { Opener } from '../processes/holders/opener.js';
import type { Process, SeenProcess } from '../processes/process.js';
import { readProcess } from '../processes/read-process.js';
import { processReader } from '../processes/system-process-reader.js';
import { findUnheldHolders, type UnheldHolders } from './unheld-sockets.js';

/** How often to search again for the sockets of which all holders have ended since they were found. */
const ATTEMPTS = 2;

/** How to search for the processes behind sockets. */
export interface AttachOptions {
  /** Those who are known to have opened the sockets. */
  readonly openers?: readonly Opener[];
  /** Other pids to look at first. */
  readonly likely?: readonly number[];
  /** What the source told of the processes in `sockets[].pids`, by pid. */
  readonly seen?: ReadonlyMap<number, SeenProcess>;
  /** Which network namespace a place is ({@link networkNamespaceOf}); undefined if that can't be told. */
  readonly namespaceOf?: (place: string) => number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same listeners, in the same order, with the processes behind their sockets and who holds each. A socket that is called
 * the kernel's may have been closed meanwhile.
 *
 * @throws the signal's reason if it was aborted
 */
export async function attachProcesses(
  listeners: readonly Listener[],
  { openers = [], likely = [], seen = new Map(), namespaceOf = ofThisProcess, signal }: AttachOptions = {},
): Promise<Listener[]> {
  const sockets = listeners.flatMap((listener) => listener.sockets);
  const holders = await findHolders(inodesToSearch(sockets), { openers, likely }, signal);
  const pids = new Map(holders.pids);
  const told = sockets.flatMap((socket) => socket.pids ?? []);
  const processes = await processReader().read(new Set([...told, ...allOf(pids)]), seen, signal);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // A daemon's parent may end once it was found: its child holds the socket.
    const orphaned = [...pids].filter(([, each]) => ![...each].some((pid) => processes.has(pid)));
    if (orphaned.length === 0) break;
    const again = await findHolders(new Set(orphaned.map(([inode]) => inode)), {}, signal);
    for (const [inode, found] of again.pids) pids.set(inode, found);
    const later = await processReader().read(new Set(allOf(again.pids)), seen, signal);
    for (const [pid, process] of later) processes.set(pid, process);
  }
  const unheld = await findUnheldHolders(listeners, holders, { namespaceOf, signal });
  return attach(listeners, pids, processes, unheld);
}

function allOf(pids: Holders['pids']): number[] {
  return [...pids.values()].flatMap((each) => [...each]);
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
  openers: readonly Opener[],
  listeners: readonly Listener[],
): Listener[] | undefined {
  const inodes = inodesToSearch(listeners.flatMap(({ sockets }) => sockets));
  const holders = findHoldersAmong(openers, inodes);
  if (holders.size < inodes.size) return undefined;
  const processes = new Map<number, Process>();
  for (const pid of new Set([...holders.values()].flatMap((each) => [...each]))) {
    const process = readProcess(pid);
    if (process !== null) processes.set(pid, process);
  }
  return attach(listeners, holders, processes, new Map());
}

function attach(
  listeners: readonly Listener[],
  found: Holders['pids'],
  processes: ReadonlyMap<number, Process>,
  unheld: UnheldHolders,
): Listener[] {
  function holdersOf({ pids, inode }: ListenerSocket): Iterable<number> | undefined {
    return pids ?? (inode === null ? undefined : found.get(inode));
  }

  function holderOfUnheld(socket: ListenerSocket, place: string): SocketHolder | null {
    // Its holders were found, but have ended since.
    if (socket.inode === null || holdersOf(socket) !== undefined) return null;
    const holder = unheld.get(place) ?? null;
    return holder === 'kernel' && !isOfRoot(socket) ? null : holder;
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

/** The kernel's own sockets are root's. */
function isOfRoot({ uid }: ListenerSocket): boolean {
  return uid === 0 || uid === null;
}

/** The inodes of the sockets whose source did not tell who holds them. */
function inodesToSearch(sockets: readonly ListenerSocket[]): Set<number> {
  return new Set(sockets.flatMap(({ pids, inode }) => (pids === null && inode !== null ? inode : [])));
}
