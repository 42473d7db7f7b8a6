import { isMac } from '../../kernel/platform.js';
import { type Endpoint, type Listener, listenerKey } from '../../listener.js';
import { attachProcessesAmong } from '../../places/attach-processes.js';
import type { SiteReader } from '../../places/site-reader.js';
import type { Opener } from '../../processes/holders/opener.js';
import type { Process } from '../../processes/process.js';
import { readProcess } from '../../processes/read-process.js';
import { hasEnded } from '../../processes/system-process-reader.js';
import type { FollowedProcesses } from './followed-processes.js';
import type { IgnoredHolders } from './ignored-holders.js';
import { LateSearch } from './late-search.js';
import { PresentHolders } from './present-holders.js';

/** How long a look waits for the processes behind what it has found. */
const WAIT_MS = 100;

/** What is open, and learns more of it. */
interface LearningListeners {
  /** All of them. */
  all(): readonly Listener[];
  /** Is told which processes have other names than those that are known. */
  renamed(pids: ReadonlySet<number>): void;
  /** Whether a listener is still as it was. */
  isOpen(listener: Listener): boolean;
  /** Is told which listeners are searched for longer than {@link HolderSearch.findSoon} waits, and when they were seen. */
  holdBack(listeners: readonly Listener[], now: number): void;
  /** Is told what was learned after that, and resolves when that is told. */
  learn(listeners: () => readonly Listener[]): Promise<void> | undefined;
  /** Is told for which listeners the search failed, and resolves when it is told of those that waited for that. */
  learnNothing(listeners: readonly Listener[]): Promise<void> | undefined;
}

/** An endpoint that a process opened. */
export interface OpenedEndpoint {
  readonly endpoint: Endpoint;
  readonly pid: number;
}

/** Whose holders are searched for, and who is told. */
export interface HolderSearchOptions {
  readonly reader: SiteReader;
  readonly open: LearningListeners;
  readonly ignored: IgnoredHolders;
  /** Undefined if holders are not followed. */
  readonly followed?: FollowedProcesses | undefined;
  /** Is rung if something may have closed. */
  readonly looks: { ring(): unknown };
  readonly signal: AbortSignal;
}

/** Finds the processes behind new sockets, and goes on to search for what was not found in time. */
export class HolderSearch {
  readonly #options: HolderSearchOptions;
  readonly #late: LateSearch;
  readonly #present: PresentHolders;
  /** Searches that nobody may wait for any more. */
  readonly #attempts = new Set<AbortController>();

  /** While it is told what was learned last. */
  #telling: Promise<void> | undefined;

  constructor(options: HolderSearchOptions) {
    const { open, followed, looks, signal } = options;
    this.#options = options;
    this.#late = new LateSearch({
      find: (listeners, openers) => this.#find(listeners, openers),
      isOpen: (listener) => open.isOpen(listener),
      onFound: (late) => this.#learn(() => late),
      onFailed: (listeners) => (signal.aborted ? undefined : open.learnNothing(listeners)),
      signal,
    });
    this.#present = new PresentHolders({
      followed,
      looks,
      signal,
      listeners: () => open.all(),
      learn: (listeners) => this.#learn(listeners),
      renamed: (pids) => open.renamed(pids),
      searchNow: (listeners) => this.#searchNow(listeners),
    });
    signal.addEventListener('abort', () => {
      for (const attempt of this.#attempts) attempt.abort(signal.reason);
    });
  }

  /** The same listeners with their processes. If these can't be searched for, it is tried again, and told late. */
  async find(listeners: readonly Listener[]): Promise<readonly Listener[]> {
    try {
      return await this.#find(listeners, []);
    } catch {
      this.#options.signal.throwIfAborted();
      this.#late.add(listeners, []);
      return listeners;
    }
  }

  /**
   * The same without waiting for long: with those who are known to have opened them if that is known of all, else with
   * all who hold them. One that has closed meanwhile has who opened it, or is left out if nobody knows.
   *
   * @param openers by the listener's key
   * @returns if the search goes on, those whose openers live; the others are held back until it is over
   * @throws what made the search fail; it is tried again, and told late
   */
  async findSoon(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, Opener>,
  ): Promise<readonly Listener[]> {
    const { reader } = this.#options;
    if (!reader.findsProcesses || listeners.length === 0) return this.#find(listeners, []);
    const known = listeners.flatMap((listener) => openers.get(listenerKey(listener)) ?? []);
    try {
      const found = known.length === 0 ? undefined : attachProcessesAmong(known, listeners);
      if (found === undefined) return await this.#findInTime(listeners, openers);
      if (reader.isLocal) this.#noteHolders(found);
      // A server forks its workers only after it listens.
      this.#late.add(listeners, known);
      return found;
    } catch (error) {
      this.#late.add(listeners, known);
      throw error;
    }
  }

  /** Those of which it is known who opened them, with that process alone, or without one if it is gone. */
  #opened(listeners: readonly Listener[], openers: ReadonlyMap<string, Opener>): readonly Listener[] {
    const known = listeners.filter((listener) => openers.has(listenerKey(listener)));
    const pidOf = (listener: Listener) => openers.get(listenerKey(listener))?.pid ?? 0;
    const opened = this.listenersOf(known.map((endpoint) => ({ endpoint, pid: pidOf(endpoint) })));
    return known.map((listener, i) => ({ ...listener, processes: opened[i]?.processes ?? [] }));
  }

  /** The listeners that processes opened, of which nothing is left to look at but the processes: each of them is read once. */
  listenersOf(opened: readonly OpenedEndpoint[]): readonly Listener[] {
    const { reader, ignored } = this.#options;
    const pids = opened.map(({ pid }) => pid);
    const openers = reader.findsProcesses ? readEach(new Set(pids)) : undefined;
    const listeners = opened.map(({ endpoint, pid }) => {
      return { ...endpoint, ephemeral: false, sockets: [], processes: openers?.get(pid) ?? null, owners: [] };
    });
    if (reader.isLocal) ignored.noteOpeners(listeners, pids);
    return listeners;
  }

  /** Tells of the holders that have ended. To be called after each look. */
  lookIsOver(): void {
    if (this.#mayFollow) this.#present.lookIsOver();
  }

  /** Looks every few seconds at the holders that can't be followed, whatever looks there are. */
  keepChecking(): void {
    if (this.#mayFollow) this.#present.keepChecking();
  }

  /** Whether some holder of what is open is not known yet. */
  get isPending(): boolean {
    return this.#present.isPending || this.#late.isPending || this.#telling !== undefined;
  }

  /** Resolves when all that is open is known with its holders, as far as these can be found. */
  async finish(): Promise<void> {
    await this.#present.finish();
    await this.#late.finish();
    await this.#telling;
  }

  /** macOS does not tell. */
  get #mayFollow(): boolean {
    const { reader } = this.#options;
    return reader.findsProcesses && reader.isLocal && !isMac();
  }

  /** @throws what made the search fail, such as that no descriptor is left; the signal's reason if it was aborted */
  async #find(
    listeners: readonly Listener[],
    openers: readonly Opener[],
    signal = this.#options.signal,
  ): Promise<readonly Listener[]> {
    const { reader, ignored } = this.#options;
    const found = await reader.attachProcesses(listeners, openers, signal);
    if (!reader.isLocal) return found;
    if (!reader.findsProcesses) {
      ignored.noteHeldHere(found);
      return found;
    }
    this.#noteHolders(found);
    return this.#withoutClosed(found, signal);
  }

  /** If nobody holds a socket, it may have been closed by a process that wants to be left out, and can't be asked any more. */
  async #withoutClosed(found: readonly Listener[], signal: AbortSignal): Promise<readonly Listener[]> {
    const unheld = found.filter(isUnheld);
    if (unheld.length === 0) return found;
    const open = new Set(await this.#options.reader.stillOpen(unheld, signal));
    return found.filter((listener) => !isUnheld(listener) || open.has(listener));
  }

  async #findInTime(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, Opener>,
  ): Promise<readonly Listener[]> {
    const now = performance.now();
    const attempt = new AbortController();
    const known = listeners.flatMap((listener) => openers.get(listenerKey(listener)) ?? []);
    const search = this.#attempt(attempt, listeners, known);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    const found = await Promise.race([search, timeout]).finally(() => clearTimeout(timer));
    if (found !== undefined) return [...found, ...this.#opened(missingFrom(found, listeners), openers)];
    const opened = this.#opened(listeners, openers).filter(({ processes }) => !processes?.every(hasEnded));
    this.#options.open.holdBack(missingFrom(opened, listeners), now);
    if (!this.#late.adopt(search, listeners)) {
      // If listeners open faster than they can be searched for, searches side by side would become ever more.
      search.catch(() => undefined);
      attempt.abort();
      this.#late.add(listeners, known);
    }
    return opened;
  }

  async #attempt(
    attempt: AbortController,
    listeners: readonly Listener[],
    openers: readonly Opener[],
  ): Promise<readonly Listener[]> {
    this.#attempts.add(attempt);
    try {
      this.#options.signal.throwIfAborted();
      return await this.#find(listeners, openers, attempt.signal);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  /** What has other sockets by now is searched for already. */
  #searchNow(listeners: readonly Listener[]): void {
    const { open } = this.#options;
    this.#late.addNow(listeners.filter((listener) => open.isOpen(listener)).map(toSearchAnew));
  }

  #noteHolders(listeners: readonly Listener[]): void {
    this.#options.ignored.note(listeners);
    if (this.#mayFollow) this.#present.follow(listeners);
  }

  #learn(late: () => readonly Listener[]): Promise<void> | undefined {
    const { reader, open, signal } = this.#options;
    if (signal.aborted) return undefined;
    const told = open.learn(() => {
      const listeners = late();
      if (reader.findsProcesses && reader.isLocal) this.#noteHolders(listeners);
      return listeners;
    });
    const telling = told?.finally(() => {
      if (this.#telling === telling) this.#telling = undefined;
    });
    if (telling !== undefined) this.#telling = telling;
    return telling;
  }
}

/** The processes, none if one is gone. */
function readEach(pids: ReadonlySet<number>): ReadonlyMap<number, readonly Process[]> {
  const read = (pid: number): readonly Process[] => {
    const process = readProcess(pid);
    return process === null ? [] : [process];
  };
  return new Map([...pids].map((pid) => [pid, read(pid)]));
}

/** Those of the listeners that are not among some others. */
function missingFrom(others: readonly Listener[], listeners: readonly Listener[]): readonly Listener[] {
  const keys = new Set(others.map(listenerKey));
  return listeners.filter((listener) => !keys.has(listenerKey(listener)));
}

function isUnheld({ processes }: Listener): boolean {
  return processes?.length === 0;
}

/** The listener without what was learned of its holders; the source's own answer of it is lost as well. */
function toSearchAnew(listener: Listener): Listener {
  return { ...listener, sockets: listener.sockets.map((socket) => ({ ...socket, pids: null })) };
}
