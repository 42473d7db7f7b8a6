import { groupSockets, type Listener } from '../../src/listener.js';

/** A listener of which only a few things matter. */
export function listenerAt(port: number, inode = port): Listener {
  const [listener] = groupSockets([
    {
      protocol: 'tcp',
      family: 4,
      address: '127.0.0.1',
      port,
      inode,
      uid: 0,
      interface: null,
      v6Only: null,
      backlog: 0,
      backlogLimit: null,
      cgroup: null,
    },
  ]);
  if (listener === undefined) throw new Error('a socket makes a listener');
  return listener;
}
