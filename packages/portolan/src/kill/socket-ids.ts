import { type Listener, listenerKey } from '@portolan/monitor';

/** What tells sockets apart: their inodes, and where the source does not know those, their endpoints. */
export function socketIds(listeners: readonly Listener[]): Set<number | string> {
  return new Set(
    listeners.flatMap((listener) => listener.sockets.map(({ inode }) => inode ?? listenerKey(listener))),
  );
}
