import { compareListeners, type Listener } from '../listener.js';

/** What differs between two looks. */
export interface Difference {
  readonly opened: readonly Listener[];
  readonly closed: readonly Listener[];
  /** Endpoints that stayed while their sockets became others. */
  readonly replaced: readonly { readonly before: Listener; readonly after: Listener }[];
}

/** Compares two looks, each in the order of {@link compareListeners}. */
export function difference(before: readonly Listener[], after: readonly Listener[]): Difference {
  const opened: Listener[] = [];
  const closed: Listener[] = [];
  const replaced: { before: Listener; after: Listener }[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const [old, now] = [before[i], after[j]];
    if (old === undefined && now === undefined) return { opened, closed, replaced };
    const order = old === undefined ? 1 : now === undefined ? -1 : compareListeners(old, now);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order < 0 && old !== undefined) closed.push(old);
    else if (order > 0 && now !== undefined) opened.push(now);
    else if (old !== undefined && now !== undefined && !haveSameSockets(old, now))
      replaced.push({ before: old, after: now });
  }
}

/** Whether two looks saw an endpoint with the same sockets: by inode alone, which every source of Linux knows. */
export function haveSameSockets(a: Listener, b: Listener): boolean {
  if ([...a.sockets, ...b.sockets].some(({ inode }) => inode === null)) return mayHaveSameHolder(a, b);
  return (
    a.sockets.length === b.sockets.length && a.sockets.every(({ inode }, i) => inode === b.sockets[i]?.inode)
  );
}

/**
 * Without inodes a port was taken over if nobody who was seen to hold it holds it any more. A holder that came or went may
 * have been forked. If nobody was seen, there is no reason for a change.
 */
function mayHaveSameHolder(a: Listener, b: Listener): boolean {
  const [before, after] = [a, b].map(({ sockets }) => sockets.flatMap(({ pids }) => pids ?? []));
  if (!before?.length || !after?.length) return true;
  return before.some((pid) => after.includes(pid));
}

/** What either look saw, in order; what both saw, as the later look saw it. */
export function union(earlier: readonly Listener[], later: readonly Listener[]): readonly Listener[] {
  const { closed } = difference(earlier, later);
  return closed.length === 0 ? later : [...later, ...closed].sort(compareListeners);
}
