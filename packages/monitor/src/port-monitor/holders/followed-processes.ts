import { constants } from 'node:os';
import type { Libc } from '../../kernel/calls.js';
import { Epoll } from '../../kernel/epoll.js';
import { loadLibc } from '../../kernel/load-libc.js';
import { openPidfd } from '../../kernel/pidfd.js';
import { isMac } from '../../kernel/platform.js';
import type { Logger } from '../../logger.js';
import type { Fork } from '../../owners/fork-event.js';
import { ForkFeed } from '../../owners/fork-feed.js';
import type { Watch } from '../../poll-thread/poll-thread.js';
import { watchOwn } from '../../poll-thread/watch-own.js';
import type { Process } from '../../processes/process.js';
import { hasEnded } from '../../processes/system-process-reader.js';

/** Each takes a descriptor of the host program's. */
const LIMIT = 256;

/** Is told what becomes of processes. */
export interface Follower {
  /** A process has ended. It is followed no more. */
  onEnded(pid: number): void;
  /** A process was forked from one that is followed. */
  onForked(fork: Fork): void;
  /** Some forks were not told. */
  onForksLost(): void;
}

interface Followed {
  readonly pidfd: number;
  readonly startTicks: number | null;
  readonly followers: Set<Follower>;
}

/** Waits for the end of processes and for what they fork, which costs nothing while neither comes. */
export class FollowedProcesses {
  readonly #logger: Logger | undefined;
  readonly #byPid = new Map<number, Followed>();
  #ends: Ends | undefined;
  #forks: ForkFeed | undefined;
  #state: 'new' | 'open' | 'impossible' = 'new';

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /** Whether forks are told too. Some processes may not be told of them. */
  get tellsForks(): boolean {
    return this.#forks !== undefined;
  }

  /** Whether a process is followed. */
  has({ pid, startTicks }: Process): boolean {
    const followed = this.#byPid.get(pid);
    return followed !== undefined && followed.startTicks === startTicks;
  }

  /** Follows processes, but for those that are too many: {@link has} tells. Those that have ended are told at once. */
  follow(processes: Iterable<Process>, follower: Follower): void {
    if (this.#state === 'new') this.#open();
    const size = this.#byPid.size;
    for (const process of processes) {
      if (this.#ends === undefined) return;
      const followed = this.has(process)
        ? this.#byPid.get(process.pid)
        : this.#begin(this.#ends, process, follower);
      followed?.followers.add(follower);
    }
    if (this.#byPid.size !== size) this.#tellForks();
  }

  /** Lets go of all that a follower follows, but for these. */
  keep(pids: ReadonlySet<number>, follower: Follower): void {
    const size = this.#byPid.size;
    for (const [pid, { followers }] of this.#byPid) {
      if (pids.has(pid) || !followers.delete(follower) || followers.size > 0) continue;
      this.#forget(pid);
    }
    if (this.#byPid.size !== size) this.#tellForks();
  }

  /** Tells of all that has ended or was forked up to now. */
  catchUp(): void {
    this.#tellEnds();
    this.#forks?.drain();
  }

  async close(): Promise<void> {
    const [ends, forks] = [this.#ends, this.#forks];
    this.#ends = undefined;
    this.#forks = undefined;
    this.#state = 'impossible';
    for (const pid of this.#byPid.keys()) ends?.libc.close(this.#byPid.get(pid)?.pidfd ?? -1);
    this.#byPid.clear();
    await Promise.all([ends?.watch.close(), forks?.close()]);
  }

  #open(): void {
    this.#state = isMac() ? 'impossible' : 'open';
    if (this.#state === 'impossible') return;
    try {
      this.#ends = openEnds(
        () => this.#tellEnds(),
        () => this.#giveUp(),
      );
      this.#forks = new ForkFeed({
        parents: [],
        onFork: (fork) => this.#tellFork(fork),
        onCaughtUp: () => undefined,
        onLoss: () => this.#tellLoss(),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const what = this.#ends === undefined ? 'who holds a socket' : 'forks of who holds a socket';
      this.#logger?.debug(`${what} can't be followed, and is looked at every few seconds: ${reason}`);
    }
  }

  #begin({ libc, epoll }: Ends, process: Process, follower: Follower): Followed | undefined {
    const { pid, startTicks } = process;
    if (this.#byPid.has(pid)) this.#forget(pid);
    if (this.#byPid.size >= LIMIT) return undefined;
    const pidfd = openPidfd(libc, pid);
    if (pidfd === -constants.errno.ENOSYS) this.#giveUp();
    const isFollowed = pidfd >= 0 && epoll.add(pidfd, pid);
    // Its pid may be another one's by now.
    if (isFollowed && !hasEnded(process)) {
      const followed = { pidfd, startTicks, followers: new Set<Follower>() };
      this.#byPid.set(pid, followed);
      return followed;
    }
    if (pidfd >= 0) libc.close(pidfd);
    if (isFollowed || pidfd === -constants.errno.ESRCH) queueMicrotask(() => follower.onEnded(pid));
    return undefined;
  }

  #tellEnds(): void {
    for (const pid of this.#ends?.epoll.ready() ?? []) {
      const followers = this.#byPid.get(pid)?.followers ?? [];
      this.#forget(pid);
      for (const follower of followers) follower.onEnded(pid);
    }
  }

  #tellFork(fork: Fork): void {
    for (const follower of this.#byPid.get(fork.parent)?.followers ?? []) follower.onForked(fork);
  }

  #tellLoss(): void {
    const followers = [...this.#byPid.values()].flatMap((followed) => [...followed.followers]);
    for (const follower of new Set(followers)) follower.onForksLost();
  }

  #tellForks(): void {
    this.#forks?.tellOf([...this.#byPid.keys()]);
  }

  #forget(pid: number): void {
    const followed = this.#byPid.get(pid);
    this.#byPid.delete(pid);
    if (followed !== undefined) this.#ends?.libc.close(followed.pidfd);
  }

  /** The ends of processes are not told any more: whoever followed some looks at them now and then. */
  #giveUp(): void {
    void this.close();
  }
}

interface Ends {
  readonly libc: Libc;
  readonly epoll: Epoll;
  readonly watch: Watch;
}

/** @throws Error if there are no native calls, or no more descriptors */
function openEnds(onReady: () => void, onFailure: () => void): Ends {
  const libc = loadLibc();
  const epoll = new Epoll(libc);
  const watch = watchOwn(libc, { kind: 'readable', fd: epoll.fd }, { onReady, onFailure, persistent: false });
  return { libc, epoll, watch };
}
