import type { Listener, ListenerSocket, SocketHolder } from '../listener.js';
import { mayHaveDescriptorsInFlight } from '../processes/holders/descriptors-in-flight.js';
import type { Holders } from '../processes/holders/find-holders.js';
import { seesEveryProcess } from '../processes/holders/sees-every-process.js';
import { runInSlices } from '../timing/slices.js';

/** Whose a socket is if no process was found to hold it, by its place; the kernel's only if it is root's. */
export type UnheldHolders = ReadonlyMap<string, SocketHolder | null>;

/** How to tell whose the sockets of a place are. */
interface UnheldOptions {
  /** Which network namespace a place is; undefined if that can't be told. */
  readonly namespaceOf: (place: string) => number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tells whose the sockets are that no process was found to hold. They are the kernel's only if everything could be read, and
 * no file is open that no descriptor leads to.
 *
 * @throws the signal's reason if it was aborted
 */
export async function findUnheldHolders(
  listeners: readonly Listener[],
  holders: Holders,
  { namespaceOf, signal }: UnheldOptions,
): Promise<UnheldHolders> {
  const found = new Map<string, SocketHolder | null>();
  for (const { place, sockets } of listeners) {
    if (found.has(place) || !sockets.some((socket) => isUnheld(socket, holders))) continue;
    found.set(place, await holderIn(namespaceOf(place), holders, signal));
  }
  return found;
}

function isUnheld({ inode, pids }: ListenerSocket, holders: Holders): boolean {
  return inode !== null && pids === null && !holders.pids.has(inode);
}

async function holderIn(
  namespace: number | undefined,
  { unread, sawAllTables }: Holders,
  signal: AbortSignal | undefined,
): Promise<SocketHolder | null> {
  const mayBeUnread = namespace === undefined ? unread.size > 0 : unread.has(namespace);
  if (mayBeUnread || !seesEveryProcess()) return 'hidden';
  if (!sawAllTables) return null;
  return (await runInSlices(mayHaveDescriptorsInFlight(namespace), signal)) ? null : 'kernel';
}
