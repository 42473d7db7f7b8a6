import { setImmediate } from 'node:timers/promises';

/** So many are told, or read, before whoever else waits for the event loop gets a turn. */
export const AT_ONCE = 100;

/**
 * Does something with a few items at a time, and leaves the event loop to others in between. A list may change meanwhile: what
 * has left a set or a map by its turn is passed over.
 *
 * @returns undefined if it is done already, as it is with few items: then nothing else has happened meanwhile
 */
export function inTurns<T>(items: Iterable<T>, act: (some: readonly T[]) => void): Promise<void> | undefined {
  const rest = items[Symbol.iterator]();
  const first = takeSome(rest);
  if (first.length > 0) act(first);
  return first.length < AT_ONCE ? undefined : actOnRest(rest, act);
}

async function actOnRest<T>(rest: Iterator<T>, act: (some: readonly T[]) => void): Promise<void> {
  for (;;) {
    await setImmediate();
    const some = takeSome(rest);
    if (some.length > 0) act(some);
    if (some.length < AT_ONCE) return;
  }
}

function takeSome<T>(items: Iterator<T>): T[] {
  const some: T[] = [];
  while (some.length < AT_ONCE) {
    const next = items.next();
    if (next.done) break;
    some.push(next.value);
  }
  return some;
}
