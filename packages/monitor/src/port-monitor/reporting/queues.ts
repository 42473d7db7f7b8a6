import { compareListeners, type Listener } from '../../listener.js';

/**
 * Gives what waits in the queues of listeners as a look saw it.
 *
 * @param seen what the look saw, in the order of {@link compareListeners}
 * @param open what is open as it is known, each in an object that takes it over, in the same order
 */
export function takeOverQueues(seen: readonly Listener[], open: Iterable<{ listener: Listener }>): void {
  let i = 0;
  for (const each of open) {
    while (i < seen.length && compareListeners(seen[i] as Listener, each.listener) < 0) i++;
    const { [i]: now } = seen;
    if (now !== undefined && compareListeners(now, each.listener) === 0)
      each.listener = withQueuesOf(now, each.listener);
  }
}

/** The listener with what waits in the queues of its sockets now; the same object if that is what it has. */
function withQueuesOf(now: Listener, listener: Listener): Listener {
  const sockets = listener.sockets.map((socket, i) => {
    const { inode, backlog, backlogLimit } = now.sockets[i] ?? socket;
    const isSame = backlog === socket.backlog && backlogLimit === socket.backlogLimit;
    return isSame || inode !== socket.inode ? socket : { ...socket, backlog, backlogLimit };
  });
  return sockets.every((socket, i) => socket === listener.sockets[i]) ? listener : { ...listener, sockets };
}
