import { type Listener, listenerKey } from '@portolan/monitor';

/** A listener of the view: one that is open, or one that closed just now. Times are those of a steady clock, in ms. */
interface Entry {
  readonly listener: Listener;
  /** undefined for what was open before the view began. */
  readonly openedAt: number | undefined;
  /** undefined while it is open. */
  readonly closedAt: number | undefined;
}

/** By {@link listenerKey}. */
export type Entries = ReadonlyMap<string, Entry>;

/** How long what is new stands out, in two steps. */
export const FLASH_MS = 2000;
/** How long what is closed stays, in two steps. */
export const FADE_MS = 2000;

/** The entries for what is open when the view begins. */
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
 * @param open what is open now
 * @param passed what opened and closed again, unseen by the look
 */
export function updateEntries(
  entries: Entries,
  open: readonly Listener[],
  passed: readonly Listener[],
  now: number,
): Entries {
  const updated = new Map<string, Entry>();
  for (const [key, entry] of entries) {
    const closedAt = entry.closedAt ?? now;
    if (now - closedAt < FADE_MS) updated.set(key, { ...entry, closedAt });
  }
  for (const listener of passed)
    updated.set(listenerKey(listener), { listener, openedAt: now, closedAt: now });
  for (const listener of open) {
    const key = listenerKey(listener);
    const known = entries.get(key);
    const stayed = known !== undefined && known.closedAt === undefined && isSame(known.listener, listener);
    updated.set(key, { listener, openedAt: stayed ? known.openedAt : now, closedAt: undefined });
  }
  return updated;
}

/** Whether a listener is still the one that it was: it keeps at least one of its sockets. */
function isSame(before: Listener, after: Listener): boolean {
  const inodes = new Set(before.sockets.map(({ inode }) => inode));
  return inodes.has(null) || after.sockets.some(({ inode }) => inode === null || inodes.has(inode));
}
