import type { ProcessIdentity } from './process-tree.js';

/** So many processes are remembered before those asked for longest ago are forgotten. */
const LIMIT = 4096;

/** What was learned of processes, each once; a later process of the same pid is another one. */
export class ProcessMemory<T> {
  readonly #known = new Map<string, T>();

  /** What is known of a process, or else what `learn` tells. */
  get({ pid, startTicks }: ProcessIdentity, learn: () => T): T {
    const key = `${pid} ${startTicks}`;
    const known = this.#known.get(key) ?? learn();
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value ?? key);
    return known;
  }
}
