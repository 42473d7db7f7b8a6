import { ticksNow } from '../processes/clock-ticks.js';
import type { ProcessStat } from '../processes/parse-stat.js';
import type { Fork } from './fork-event.js';

/** So many members are gathered before those that have ended are looked for and dropped. */
const PRUNE_AT = 4096;

/** A process, told from a later one of the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot; null where it is not known. */
  readonly startTicks: number | null;
}

/** How the tree learns of processes. */
export interface ProcessLookup {
  readStat(pid: number): ProcessStat | null;
  childrenOf(pid: number): Iterable<number>;
}

/** A process with all that descend from it. */
export interface Root extends ProcessIdentity {
  readonly name: string;
}

interface Member {
  /** Null for one that was only heard of by its fork, until somebody looks at it. */
  startTicks: number | null;
  roots: readonly Root[];
}

/**
 * Who descends from whom, for the processes below some roots. Whoever was once seen below a root stays below it, though its
 * parents end and it gets others. It is kept up to date by being told of every fork, and where that can't be, by looking at
 * the ancestors of who is asked about.
 */
export class ProcessTree {
  readonly #lookup: ProcessLookup;
  readonly #members = new Map<number, Member>();
  readonly #roots = new Set<Root>();
  #pruneAt = PRUNE_AT;
  /** Up to when every fork is known, in clock ticks since boot. */
  #caughtUpAt = 0;

  constructor(lookup: ProcessLookup) {
    this.#lookup = lookup;
  }

  /** Adds a root with those that are below it now. */
  add(root: Root): void {
    const above = this.#members.get(root.pid)?.roots ?? [];
    this.#roots.add(root);
    this.#put(root, [root, ...above]);
    for (const child of this.#lookup.childrenOf(root.pid)) this.#addBelow(root, above, child);
  }

  remove(root: Root): void {
    this.#roots.delete(root);
    for (const [pid, member] of this.#members) {
      if (!member.roots.includes(root)) continue;
      member.roots = member.roots.filter((each) => each !== root);
      if (member.roots.length === 0) this.#members.delete(pid);
    }
  }

  /** A pid that is forked anew belongs to a new process, whatever it was before. */
  forked({ parent, child }: Fork): void {
    const roots = this.#members.get(parent)?.roots;
    if (roots === undefined) this.#members.delete(child);
    else this.#put({ pid: child, startTicks: null }, roots);
    if (this.#members.size > this.#pruneAt) this.#prune(Number.POSITIVE_INFINITY);
  }

  /** All forks up to now were told. */
  caughtUp(): void {
    // Rounded up, so that who was heard of has started by then.
    this.#caughtUpAt = Math.ceil(ticksNow()) + 1;
  }

  /** Forks were missed: keeps what is surely still true, and looks at what is below it now. */
  lost(): void {
    this.#prune(this.#caughtUpAt);
    // It grows while it is walked.
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
      // Its ancestors may end, and it is still below these.
      if (each !== process || all.length > roots.length) this.#put(process, all);
      return all;
    }
    return [];
  }

  /** Roots that came to be only when a process below them had lost its way up to them already: but it was seen before. */
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
    // Had the pid been given to another one, its fork would have been told.
    member.startTicks ??= startTicks;
    if (member.startTicks === startTicks) return member.roots;
    this.#members.delete(pid);
    return undefined;
  }

  #put({ pid, startTicks }: ProcessIdentity, roots: readonly Root[]): void {
    this.#members.set(pid, { startTicks, roots });
  }

  #addBelow(root: Root, above: readonly Root[], pid: number): void {
    const known = this.#members.get(pid)?.roots ?? [];
    // A root that is below this one is nearer to its own.
    const nearer = known.filter((each) => each !== root && !above.includes(each));
    if (!this.#addKnown(pid, [...nearer, root, ...above])) return;
    for (const child of this.#lookup.childrenOf(pid)) this.#addBelow(root, above, child);
  }

  #addKnown(pid: number, roots: readonly Root[]): boolean {
    const stat = this.#lookup.readStat(pid);
    if (stat === null) return false;
    this.#put({ pid, startTicks: stat.startTicks }, roots);
    return true;
  }

  /**
   * Drops those that have ended, and pids that others have got since.
   *
   * @param until in clock ticks since boot: who was only heard of by its fork can't have started later
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
