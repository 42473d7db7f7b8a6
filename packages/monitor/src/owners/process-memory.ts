import type { ProcessIdentity } from './process-tree.js';

/** How many processes are remembered. The one that was asked for longest ago is forgotten first. */
const LIMIT = 4096;

/** Remembers what was learned of processes. A later process with the same pid is another one. */
export class ProcessMemory<T> {
  readonly #known = new Map<string, T>();

  /** Gives what is known of a process, or else what `learn` tells. */
  get({ pid, startTicks }: ProcessIdentity, learn: () => T): T {
    const key = `${pid} ${startTicks}`;
    const known = this.#known.get(key) ?? learn();
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value ?? key);
    return known;
  }
}
