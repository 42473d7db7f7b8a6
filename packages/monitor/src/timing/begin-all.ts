import { setImmediate } from 'node:timers/promises';

/** How many tasks are begun before the event loop is left to others. */
const AT_ONCE = 16;

/**
 * Begins tasks one after the other, without waiting for one to end before the next.
 *
 * @returns what the tasks gave, in their order
 * @throws what the first that failed threw; the others go on
 */
export async function beginAll<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const running: Promise<T>[] = [];
  for (const task of tasks) {
    const result = task();
    // It may fail before the last task has begun, when nobody waits for it yet.
    result.catch(() => undefined);
    running.push(result);
    if (running.length % AT_ONCE === 0) await setImmediate();
  }
  return Promise.all(running);
}
