import { type Listener, listenerKey } from '@portolan/monitor';

/** A listener of the view, which is open or has just closed. Times are of `performance.now()`, in milliseconds. */
interface Entry {
  readonly listener: Listener;
  /** undefined if it was open before the view began. */
  readonly openedAt: number | undefined;
  /** undefined while it is open. */
  readonly closedAt: number | undefined;
}

/** By {@link listenerKey}. */
export type Entries = ReadonlyMap<string, Entry>;

/** How long a new listener stands out, in two steps. */
export const FLASH_MS = 2000;
/** How long a closed listener stays, in two steps. */
export const FADE_MS = 2000;

/** The entries of the listeners that are open when the view begins. */
export function initialEntries(listeners: readonly Listener[]): Entries {
  return new Map(
    listeners.map((listener) => [
      listenerKey(listener),
      { listener, openedAt: undefined, closedAt: undefined },
    ]),
  );
}

/**
 * The entries after a look.
 *
 * @param open the listeners that are open now
 * @param transient the listeners that opened and closed between two looks
 */
export function updateEntries(
  entries: Entries,
  open: readonly Listener[],
  transient: readonly Listener[],
  now: number,
): Entries {
  const updated = new Map<string, Entry>();
  for (const [key, entry] of entries) {
    const closedAt = entry.closedAt ?? now;
    if (now - closedAt < FADE_MS) updated.set(key, { ...entry, closedAt });
  }
  for (const listener of transient)
    updated.set(listenerKey(listener), { listener, openedAt: now, closedAt: now });
  for (const listener of open) {
    const key = listenerKey(listener);
    const known = entries.get(key);
    const stayed = known !== undefined && known.closedAt === undefined && isSame(known.listener, listener);
    updated.set(key, { listener, openedAt: stayed ? known.openedAt : now, closedAt: undefined });
  }
  return updated;
}

/** True if a listener has kept at least one of its sockets, or may have. */
function isSame(before: Listener, after: Listener): boolean {
  const inodes = new Set(before.sockets.map(({ inode }) => inode));
  return inodes.has(null) || after.sockets.some(({ inode }) => inode === null || inodes.has(inode));
}
