import type { Listener } from '../../listener.js';
import type { Fork } from '../../owners/fork-event.js';
import { addHolders, withoutHolders } from '../../places/change-holders.js';
import { toldChildrenOf } from '../../processes/children.js';
import { findHoldersAmongChildren } from '../../processes/holders/find-holders.js';
import { isYoung, stillGrowing } from '../../processes/holders/growing-processes.js';
import type { Process } from '../../processes/process.js';
import { readProcStat, readState } from '../../processes/read-process.js';
import { hasEnded } from '../../processes/system-process-reader.js';
import type { FollowedProcesses, Follower } from './followed-processes.js';

/** How often to look at the holders that can't be followed. */
const HOLDERS_MS = 5000;
/** So long after its fork a process is looked at: by then it mostly runs another program, or has closed what it does not need. */
const FORKED_MS = 100;
/** How often to look at those who were forked. A server may fork for each connection. */
const FORKED_LIMIT_MS = 1000;
/** So many are looked at at a time at most. */
const FORKED_AT_ONCE = 100;
/** So many wait to be looked at, the newest ones. The others are found among the children of holders a few seconds later. */
const WAITING_LIMIT = 4096;

/** Whose holders are kept up to date, and who is told. */
export interface PresentHoldersOptions {
  readonly followed: FollowedProcesses | undefined;
  readonly listeners: () => readonly Listener[];
  /** Is told who holds listeners now. */
  readonly learn: (listeners: () => readonly Listener[]) => Promise<void> | undefined;
  /** Is told which processes have other names than those that are known. */
  readonly renamed: (pids: ReadonlySet<number>) => void;
  /** Is told which listeners have none of their holders any more. */
  readonly searchNow: (listeners: readonly Listener[]) => void;
  /** Is rung if some holder has ended: what it held may have closed. */
  readonly looks: { ring(): unknown };
  readonly signal: AbortSignal;
}

/** Keeps the holders of what is open true: they end, and they fork others that hold the same sockets. */
export class PresentHolders implements Follower {
  readonly #options: PresentHoldersOptions;
  #ended = new Set<number>();
  /** The parents of those who were forked, by their own pid. */
  #forked = new Map<number, number>();
  /** Those among the children of holders that hold nothing. */
  #strangers = new Set<number>();
  #areForksLost = false;
  /** Listeners of which a holder ended that may have forked unseen. */
  readonly #unsure = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;
  #checkedAt = performance.now();
  #forkedSeenAt = Number.NEGATIVE_INFINITY;

  constructor(options: PresentHoldersOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => {
      clearTimeout(this.#timer);
      options.followed?.keep(new Set(), this);
    });
  }

  /** Follows the holders of listeners, which were found just now. */
  follow(listeners: readonly Listener[]): void {
    const { followed, signal } = this.#options;
    if (followed === undefined || signal.aborted) return;
    const fresh = [...holdersOf(listeners).values()].filter((process) => !followed.has(process));
    followed.follow(fresh, this);
    // Those who were forked just now were left out by the search, or may have been forked after it.
    for (const { pid: parent } of fresh) {
      for (const child of toldChildrenOf(parent)) {
        const state = readState(child);
        if (state !== null && isYoung(state)) this.onForked({ parent, child });
      }
    }
  }

  onEnded(pid: number): void {
    this.#ended.add(pid);
    this.#options.looks.ring();
  }

  onForked({ parent, child }: Fork): void {
    this.#forked.set(child, parent);
    this.#waitForForked();
  }

  onForksLost(): void {
    this.#areForksLost = true;
  }

  /** Tells of who has ended. To be called after a look, so that what has closed with its holder is not searched for. */
  lookIsOver(): void {
    if (this.#ended.size > 0) {
      const ended = this.#ended;
      this.#ended = new Set();
      this.#tellEnded(ended);
    }
    if (performance.now() >= this.#checkedAt + HOLDERS_MS) this.#check();
  }

  /** Looks at the holders that can't be followed every few seconds. Without this call they are looked at with looks alone. */
  keepChecking(): void {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const timer = setInterval(() => this.#check(), HOLDERS_MS).unref();
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #check(): void {
    this.#checkedAt = performance.now();
    const { followed, listeners, renamed, searchNow } = this.#options;
    const holders = holdersOf(listeners());
    const pids = new Set(holders.keys());
    const hasOtherName = ({ pid, name }: Process) => (readProcStat(pid)?.name ?? name) !== name;
    const others = [...holders.values()].filter(hasOtherName).map(({ pid }) => pid);
    if (others.length > 0) renamed(new Set(others));
    followed?.keep(pids, this);
    followed?.follow(holders.values(), this);
    const unfollowed = [...holders.values()].filter((process) => !followed?.has(process));
    this.#tellEnded(new Set(unfollowed.filter(hasEnded).map(({ pid }) => pid)));
    if (this.#unsure.size > 0) searchNow([...this.#unsure]);
    this.#unsure.clear();
    const isToldForks = followed?.tellsForks === true && !this.#areForksLost;
    this.#areForksLost = false;
    this.#lookForChildren(isToldForks ? unfollowed.map(({ pid }) => pid) : [...pids], pids);
  }

  /** Whether somebody has ended or was forked who was not looked at yet. */
  get isPending(): boolean {
    return this.#ended.size + this.#forked.size > 0 || this.#isLooking;
  }

  /** Looks at once at all who have ended or were forked. */
  async finish(): Promise<void> {
    this.lookIsOver();
    // Those who were forked meanwhile are not waited for.
    for (let left = this.#forked.size; left > 0; left -= FORKED_AT_ONCE) {
      this.#lookAtForked();
      await this.#looking;
    }
    await this.#looking;
  }

  #tellEnded(pids: ReadonlySet<number>): void {
    if (pids.size === 0) return;
    const { listeners, learn, searchNow } = this.#options;
    const hasEnded = ({ pid }: Process) => pids.has(pid);
    const held = listeners().filter(({ processes }) => processes?.some(hasEnded));
    const orphaned = held.filter(({ processes }) => processes?.every(hasEnded));
    if (held.length > orphaned.length) void learn(() => this.#heldStill(pids));
    if (orphaned.length > 0) searchNow(orphaned);
  }

  /** What some of these hold that somebody else holds too, without these. */
  #heldStill(ended: ReadonlySet<number>): readonly Listener[] {
    const { followed, listeners } = this.#options;
    const hasEnded = ({ pid }: Process) => ended.has(pid);
    const held = listeners()
      .filter(({ processes }) => processes?.some(hasEnded) && !processes.every(hasEnded))
      .map((listener) => withoutHolders(listener, ended));
    if (!followed?.tellsForks) for (const listener of held) this.#unsure.add(listener);
    return held;
  }

  #waitForForked(): void {
    const waitMs = Math.max(FORKED_MS, this.#forkedSeenAt + FORKED_LIMIT_MS - performance.now());
    this.#timer ??= setTimeout(() => this.#lookAtForked(), waitMs).unref();
  }

  #lookAtForked(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forkedSeenAt = performance.now();
    const forked = [...this.#forked];
    const last = new Map(forked.slice(-FORKED_AT_ONCE));
    this.#forked = new Map(forked.slice(0, -FORKED_AT_ONCE).slice(-WAITING_LIMIT));
    for (const [child] of forked.slice(0, -FORKED_AT_ONCE - WAITING_LIMIT)) {
      this.#strangers.delete(child);
      this.#areForksLost = true;
    }
    if (last.size > 0) this.#looking = this.#looking.then(() => this.#lookAtGrown(last));
    if (this.#forked.size > 0) this.#waitForForked();
  }

  /** @param forked the parents of processes, by their own pid */
  async #lookAtGrown(forked: ReadonlyMap<number, number>): Promise<void> {
    this.#isLooking = true;
    const growing = await stillGrowing([...forked.keys()], this.#options.signal).catch(() => undefined);
    const isGrown = ([child]: readonly [number, number]) =>
      growing?.includes(child) === false && readState(child)?.isZombie === false;
    await this.#lookAt([...forked].filter(isGrown));
    for (const child of growing ?? []) this.onForked({ parent: forked.get(child) ?? 0, child });
    this.#isLooking = false;
  }

  /** Looks which of the children of holders hold something too. */
  async #lookAt(children: readonly (readonly [child: number, parent: number])[]): Promise<void> {
    const { listeners, learn, signal } = this.#options;
    const parents = new Set(children.map(([, parent]) => parent));
    const inherited = (listener: Listener) =>
      listener.processes?.some(({ pid }) => parents.has(pid)) === true;
    const sockets = listeners()
      .filter(inherited)
      .flatMap((listener) => listener.sockets);
    const inodes = new Set(sockets.flatMap(({ inode }) => inode ?? []));
    if (inodes.size === 0) return;
    const pids = children.map(([child]) => child);
    const found = await findHoldersAmongChildren(pids, inodes, signal).catch(() => undefined);
    if (found === undefined || found.size === 0 || signal.aborted) return;
    // As they are by now.
    await learn(() =>
      listeners()
        .filter(inherited)
        .map((listener) => addHolders(listener, found)),
    );
  }

  /** @param holders those who hold something already */
  #lookForChildren(parents: readonly number[], holders: ReadonlySet<number>): void {
    const strangers = new Set<number>();
    for (const parent of parents) {
      for (const child of toldChildrenOf(parent)) {
        if (holders.has(child)) continue;
        if (!this.#strangers.has(child)) this.#forked.set(child, parent);
        strangers.add(child);
      }
    }
    this.#strangers = strangers;
    if (this.#forked.size > 0) this.#lookAtForked();
  }
}

/** The processes behind listeners, by pid. */
function holdersOf(listeners: readonly Listener[]): Map<number, Process> {
  const holders = new Map<number, Process>();
  let last: Process | undefined;
  for (const { processes } of listeners) {
    for (const process of processes ?? []) {
      // A process may have thousands of listeners, mostly one behind the other.
      if (process !== last) holders.set(process.pid, process);
      last = process;
    }
  }
  return holders;
}
