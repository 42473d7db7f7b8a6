import { boundSocket, groupSockets, type Listener } from '../../../src/listener.js';

/** A listener with one socket, as a source would see it that does not know the socket's holders. */
export function listenerOf(inode: number | null, uid: number | null = 0): Listener {
  const [listener] = groupSockets([
    boundSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 1, inode, uid }),
  ]);
  if (listener === undefined) throw new Error('a socket makes a listener');
  return listener;
}
