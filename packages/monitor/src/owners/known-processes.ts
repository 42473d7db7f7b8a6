import { ancestorsOf } from '../processes/ancestors.js';
import type { ProcessStat } from '../processes/parse-stat.js';
import type { Process } from '../processes/process.js';
import type { ProcessReader } from '../processes/process-reader.js';
import type { ProcessIdentity } from './process-tree.js';

/** How many processes are remembered that hold nothing. The one that was asked for longest ago is forgotten first. */
const LIMIT = 4096;

/** Reads who has a pid now; null if nobody has. */
export type ReadStat = (pid: number) => ProcessStat | null;

/** What is remembered of a process. */
export interface KnownProcess extends ProcessIdentity {
  /** Its parent when it was first seen. It may have ended since. */
  parent: KnownProcess | undefined;
  /** Itself, its parent, the parent of that and so on, as they were when it was found last. */
  living: readonly KnownProcess[];
  /** Variables of its environment as they were read last; undefined if one was not set, or if that can't be told. */
  readonly values: Map<string, string | undefined>;
  /** The names of its owners as they were told last; undefined before that. */
  owners: readonly string[] | undefined;
}

/** The value of a variable, and where it was found. */
export interface Mark {
  readonly value: string;
  /** 0 in the process itself, 1 in its parent. */
  readonly distance: number;
}

/**
 * Remembers whom processes descend from and what their environments say, so that a process that loses its parents keeps
 * those it had. Whenever a process is found behind a socket, it is looked at again: it may run another program by now.
 */
export class KnownProcesses {
  readonly #reader: () => ProcessReader;
  /** By pid and start: a later process with the same pid is another one. */
  readonly #known = new Map<string, KnownProcess>();
  /** By the reading. Another reading of the same process means that it was found again. */
  readonly #found = new WeakMap<Process, KnownProcess>();

  constructor(reader: () => ProcessReader) {
    this.#reader = reader;
  }

  /**
   * What is known of a process.
   *
   * @param variables those to be read again if the process was found again
   */
  of(process: Process, readStat: ReadStat, variables: () => Iterable<string>): KnownProcess {
    const found = this.#found.get(process);
    if (found !== undefined) return found;
    const known = this.#find(process, readStat);
    this.#found.set(process, known);
    for (const variable of variables()) this.#readAgain(known, variable);
    return known;
  }

  /** Takes note that a copy stands for the same reading of a process. */
  copied(process: Process, copy: Process): void {
    const known = this.#found.get(process);
    if (known !== undefined) this.#found.set(copy, known);
  }

  /** The value of a variable in the nearest process that has it: the process itself, its parent, the parent of that … */
  nearestMark(process: KnownProcess, variable: string): Mark | undefined {
    let distance = 0;
    for (let each: KnownProcess | undefined = process; each !== undefined; each = each.parent) {
      if (!each.values.has(variable)) this.#readValue(each, variable);
      const value = each.values.get(variable);
      if (value !== undefined) return { value, distance };
      distance++;
    }
    return undefined;
  }

  #find(process: Process, readStat: ReadStat): KnownProcess {
    const remembered = this.#known.get(keyOf(process));
    if (remembered !== undefined && !this.#reader().readsProc) return remembered;
    const stat = readStat(process.pid);
    // Of a process that has ended only what was known before can be told.
    if (stat === null || stat.startTicks !== process.startTicks) return this.#remember(process, undefined);
    const living: KnownProcess[] = [];
    for (const each of [process, ...ancestorsOf(stat, readStat)].reverse())
      living.unshift(this.#remember(each, living[0]));
    const [known = this.#remember(process, undefined)] = living;
    known.living = living;
    return known;
  }

  #remember({ pid, startTicks }: ProcessIdentity, parent: KnownProcess | undefined): KnownProcess {
    const key = keyOf({ pid, startTicks });
    const known = this.#known.get(key) ?? {
      pid,
      startTicks,
      parent: undefined,
      living: [],
      values: new Map(),
      owners: undefined,
    };
    known.parent ??= parent;
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value ?? key);
    return known;
  }

  #readAgain({ living }: KnownProcess, variable: string): void {
    for (const each of living) {
      this.#readValue(each, variable);
      if (each.values.get(variable) !== undefined) return;
    }
  }

  #readValue({ pid, startTicks, values }: KnownProcess, variable: string): void {
    const value = this.#reader().environmentValue(pid, variable);
    // By now the pid may be another's. What was known of the process before it ended holds.
    const isKnown = value !== undefined && this.#reader().readStat(pid)?.startTicks === startTicks;
    if (isKnown) values.set(variable, value ?? undefined);
    else if (!values.has(variable)) values.set(variable, undefined);
  }
}

/** Whom a process descends from, the nearest first, as far as anybody has ever seen. */
export function ancestorsOfKnown({ parent }: KnownProcess): readonly KnownProcess[] {
  const ancestors: KnownProcess[] = [];
  for (let each = parent; each !== undefined; each = each.parent) ancestors.push(each);
  return ancestors;
}

function keyOf({ pid, startTicks }: ProcessIdentity): string {
  return `${pid} ${startTicks}`;
}
