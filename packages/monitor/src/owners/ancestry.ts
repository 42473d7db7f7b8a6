import { ancestorsOf } from '../processes/ancestors.js';
import type { ProcessStat } from '../processes/parse-stat.js';
import { ProcessMemory } from './process-memory.js';
import type { ProcessIdentity } from './process-tree.js';

/** Remembers the ancestors of processes. They are read once, so that a process that loses its parents keeps those it had. */
export class Ancestry {
  readonly #readStat: (pid: number) => ProcessStat | null;
  readonly #known = new ProcessMemory<readonly ProcessIdentity[]>();

  constructor(readStat: (pid: number) => ProcessStat | null) {
    this.#readStat = readStat;
  }

  /** The parent of a process, the parent's parent, and so on. */
  of(process: ProcessIdentity): readonly ProcessIdentity[] {
    return this.#known.get(process, () => this.#read(process));
  }

  #read({ pid, startTicks }: ProcessIdentity): ProcessIdentity[] {
    const stat = this.#readStat(pid);
    if (stat === null || stat.startTicks !== startTicks) return [];
    return [...ancestorsOf(stat, this.#readStat)].map(({ pid, startTicks }) => ({ pid, startTicks }));
  }
}
