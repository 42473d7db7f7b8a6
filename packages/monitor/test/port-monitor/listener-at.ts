import { type BoundSocket, boundSocket, groupSockets, type Listener } from '../../src/listener.js';

/** A listener of which only a few things matter, with a socket for each inode, or with one. */
export function listenerAt(port: number, ...inodes: readonly (number | null)[]): Listener {
  const [listener] = groupSockets(
    (inodes.length > 0 ? inodes : [port]).map((inode) => socketAt(port, inode)),
  );
  if (listener === undefined) throw new Error('a socket makes a listener');
  return listener;
}

/** One of its sockets. */
export function socketAt(port: number, inode: number | null): BoundSocket {
  return boundSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port, inode, uid: 0, backlog: 0 });
}
