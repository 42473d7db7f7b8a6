import { type Listener, listenerKey } from '@portolan/monitor';

/** What tells sockets apart: their inodes, or their endpoints if the source does not know the inodes. */
export function socketIds(listeners: readonly Listener[]): Set<number | string> {
  return new Set(
    listeners.flatMap((listener) => listener.sockets.map(({ inode }) => inode ?? listenerKey(listener))),
  );
}
