import type { Listener } from '@portolan/monitor';
import { isElsewhere } from '../listeners/place.js';

/** Lines on processes that can't be seen, and on what would help: one for this machine, and one for elsewhere. */
export function hiddenHints(listeners: readonly Listener[], isRoot: boolean): string[] {
  const hidden = listeners.filter(({ sockets }) => sockets.some(({ holder }) => holder === 'hidden'));
  const here = subject(hidden.filter(({ place }) => !isElsewhere(place)));
  const elsewhere = subject(hidden.filter(({ place }) => isElsewhere(place)));
  // Root sees every process, unless the process is of another pid namespace or root itself is sandboxed.
  const help = isRoot
    ? "that can't be seen from in here, not even by root"
    : 'that only root may see; try: sudo portolan';
  return [
    ...(here === undefined ? [] : [`${here} ${help}`]),
    ...(elsewhere === undefined ? [] : [`${elsewhere} elsewhere that only root may see there`]),
  ];
}

function subject(listeners: readonly Listener[]): string | undefined {
  const ports = new Set(listeners.map(({ place, protocol, port }) => `${place} ${protocol} ${port}`)).size;
  if (ports === 0) return undefined;
  return ports === 1 ? '1 port belongs to a process' : `${ports} ports belong to processes`;
}
