import { ancestorsOf } from '../processes/ancestors.js';
import type { ProcessStat } from '../processes/parse-stat.js';
import type { ProcessIdentity } from './process-tree.js';

/** So many processes are remembered before those asked for longest ago are forgotten. */
const LIMIT = 4096;

/** The ancestors of processes, each read once: who loses its parents keeps those it had. */
export class Ancestry {
  readonly #readStat: (pid: number) => ProcessStat | null;
  readonly #known = new Map<string, readonly ProcessIdentity[]>();

  constructor(readStat: (pid: number) => ProcessStat | null) {
    this.#readStat = readStat;
  }

  /** Its parent, the parent of that, and so on. */
  of(process: ProcessIdentity): readonly ProcessIdentity[] {
    const key = `${process.pid} ${process.startTicks}`;
    let ancestors = this.#known.get(key);
    if (ancestors === undefined) ancestors = this.#read(process);
    else this.#known.delete(key);
    this.#known.set(key, ancestors);
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value ?? key);
    return ancestors;
  }

  #read({ pid, startTicks }: ProcessIdentity): ProcessIdentity[] {
    const stat = this.#readStat(pid);
    if (stat === null || stat.startTicks !== startTicks) return [];
    return [...ancestorsOf(stat, this.#readStat)].map(({ pid, startTicks }) => ({ pid, startTicks }));
  }
}
