import { ticksNow } from '../processes/clock-ticks.js';
import type { ProcessStat } from '../processes/parse-stat.js';
import type { Fork } from './fork-event.js';

/** The number of members from which on those that have ended are looked for and dropped. */
const PRUNE_AT = 4096;

/** A process, as distinct from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot; null when it is not known. */
  readonly startTicks: number | null;
}

/** How the tree learns of processes. */
export interface ProcessLookup {
  readStat(pid: number): ProcessStat | null;
  childrenOf(pid: number): Iterable<number>;
}

/** An owner's process: all that descend from it belong to the owner. */
export interface Root extends ProcessIdentity {
  readonly name: string;
}

interface Member {
  /** Null while only the fork of the process is known. */
  startTicks: number | null;
  roots: readonly Root[];
}

/**
 * Knows which processes are below some roots. A process that was once seen below a root stays there, though its parents end
 * and it gets others. The tree is told of every fork. When forks can't be followed, it looks at the ancestors of a process
 * that it is asked about.
 */
export class ProcessTree {
  readonly #lookup: ProcessLookup;
  readonly #members = new Map<number, Member>();
  readonly #roots = new Set<Root>();
  #pruneAt = PRUNE_AT;
  /** The time up to which every fork is known, in clock ticks since boot. */
  #caughtUpAt = 0;

  constructor(lookup: ProcessLookup) {
    this.#lookup = lookup;
  }

  /** Adds a root, with the processes that are below it now. */
  add(root: Root): void {
    const above = this.#members.get(root.pid)?.roots ?? [];
    this.#roots.add(root);
    this.#put(root, [root, ...above]);
    this.#addBelow(root, above);
  }

  remove(root: Root): void {
    this.#roots.delete(root);
    for (const [pid, member] of this.#members) {
      if (!member.roots.includes(root)) continue;
      member.roots = member.roots.filter((each) => each !== root);
      if (member.roots.length === 0) this.#members.delete(pid);
    }
  }

  /** Takes note of a fork. From now on the child's pid belongs to a new process. */
  forked({ parent, child }: Fork): void {
    const roots = this.#members.get(parent)?.roots;
    if (roots === undefined) this.#members.delete(child);
    else this.#put({ pid: child, startTicks: null }, roots);
    if (this.#members.size > this.#pruneAt) this.#prune(Number.POSITIVE_INFINITY);
  }

  /** Takes note that all forks up to now were told. */
  caughtUp(): void {
    // Rounded up, so that every process whose fork was told has started by then.
    this.#caughtUpAt = Math.ceil(ticksNow()) + 1;
  }

  /** Takes note that forks were missed: keeps what is surely still true, and looks at what is below it now. */
  lost(): void {
    this.#prune(this.#caughtUpAt);
    // The map grows while it is walked, so that all generations are.
    for (const [pid, { roots }] of this.#members) {
      for (const child of this.#lookup.childrenOf(pid)) {
        if (!this.#members.has(child)) this.#addKnown(child, roots);
      }
    }
  }

  /**
   * The roots above a process, the nearest first.
   *
   * @param ancestors its parent, the parent of that, and so on
   */
  rootsOf(process: ProcessIdentity, ancestors: readonly ProcessIdentity[]): readonly Root[] {
    if (this.#members.size === 0) return [];
    for (const each of [process, ...ancestors]) {
      const roots = this.#rootsOfMember(each);
      if (roots === undefined) continue;
      const all = [...this.#rootsAmong(ancestors, roots), ...roots];
      // Its ancestors may end, but it stays below these roots.
      if (each !== process || all.length > roots.length) this.#put(process, all);
      return all;
    }
    return [];
  }

  /** Roots that were added only after a process below them had lost its parents. Its ancestors were read before that. */
  #rootsAmong(ancestors: readonly ProcessIdentity[], known: readonly Root[]): Root[] {
    return ancestors.flatMap(({ pid, startTicks }) =>
      [...this.#roots].filter(
        (root) => root.pid === pid && root.startTicks === startTicks && !known.includes(root),
      ),
    );
  }

  #rootsOfMember({ pid, startTicks }: ProcessIdentity): readonly Root[] | undefined {
    const member = this.#members.get(pid);
    if (member === undefined || startTicks === null) return undefined;
    // Had another process got the pid, its fork would have been told.
    member.startTicks ??= startTicks;
    if (member.startTicks === startTicks) return member.roots;
    this.#members.delete(pid);
    return undefined;
  }

  #put({ pid, startTicks }: ProcessIdentity, roots: readonly Root[]): void {
    this.#members.set(pid, { startTicks, roots });
  }

  /** Without recursion: thousands of processes may be each other's children. */
  #addBelow(root: Root, above: readonly Root[]): void {
    const parents = [root.pid];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      for (const child of this.#lookup.childrenOf(parent)) {
        const known = this.#members.get(child)?.roots ?? [];
        // A root that is below this one is nearer to its own processes.
        const nearer = known.filter((each) => each !== root && !above.includes(each));
        if (this.#addKnown(child, [...nearer, root, ...above])) parents.push(child);
      }
    }
  }

  #addKnown(pid: number, roots: readonly Root[]): boolean {
    const stat = this.#lookup.readStat(pid);
    if (stat === null) return false;
    this.#put({ pid, startTicks: stat.startTicks }, roots);
    return true;
  }

  /**
   * Drops processes that have ended, and pids that other processes have got since.
   *
   * @param until a process of which only the fork is known has started by then, in clock ticks since boot
   */
  #prune(until: number): void {
    for (const [pid, member] of this.#members) {
      const startTicks = this.#lookup.readStat(pid)?.startTicks;
      const isSame =
        startTicks !== undefined &&
        (member.startTicks === null ? startTicks <= until : startTicks === member.startTicks);
      if (isSame) member.startTicks = startTicks;
      else this.#members.delete(pid);
    }
    this.#pruneAt = Math.max(PRUNE_AT, 2 * this.#members.size);
  }
}
