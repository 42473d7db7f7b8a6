import type { Listener } from '@portolan/monitor';

/** One line on the processes that could not be seen, and what would help; undefined where all were. */
export function hiddenHint(listeners: readonly Listener[], isRoot: boolean): string | undefined {
  const hidden = listeners.filter(({ sockets }) => sockets.some(({ holder }) => holder === 'hidden'));
  const ports = new Set(hidden.map(({ protocol, port }) => `${protocol} ${port}`)).size;
  if (ports === 0) return undefined;
  const subject = ports === 1 ? '1 port belongs to a process' : `${ports} ports belong to processes`;
  // Root may see every process, except those of another pid namespace, or when it is sandboxed itself.
  return isRoot
    ? `${subject} that can't be seen from in here, not even by root`
    : `${subject} that only root may see; try: sudo portolan`;
}
