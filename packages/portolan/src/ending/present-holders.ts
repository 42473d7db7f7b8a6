import { type Listener, listenerKey, listListeners, type Process, type SourceName } from '@portolan/monitor';
import { socketIds } from './socket-ids.js';

/** How to look. */
interface LookOptions {
  readonly sources?: 'auto' | readonly SourceName[];
}

/**
 * Looks once more at listeners, for whoever is about to act on their holders. A monitor, or a person who is asked, may know
 * only who held them a moment ago: the parent of a daemon has just ended, as an example.
 *
 * @returns the listeners of which a socket is still open, with those who hold them now. Their owners are not looked for
 */
export async function withPresentHolders(
  known: readonly Listener[],
  options: LookOptions = {},
): Promise<readonly Listener[]> {
  if (known.length === 0) return known;
  const places = [...new Set(known.map(({ place }) => place))];
  const { listeners } = await listListeners({ ...options, in: places });
  const sockets = new Map(known.map((listener) => [listenerKey(listener), socketIds([listener])]));
  return listeners.filter((listener) => {
    const before = sockets.get(listenerKey(listener));
    return before !== undefined && [...socketIds([listener])].some((socket) => before.has(socket));
  });
}

/** True if a process is among the holders of a listener. */
export function isHeldBy({ processes }: Listener, { pid, startTicks }: Process): boolean {
  return processes?.some((holder) => holder.pid === pid && holder.startTicks === startTicks) ?? false;
}
