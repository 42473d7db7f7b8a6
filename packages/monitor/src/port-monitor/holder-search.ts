import { type Endpoint, type Listener, listenerKey } from '../listener.js';
import { attachProcesses, attachProcessesAmong } from '../processes/attach-processes.js';
import type { Process } from '../processes/process.js';
import { processReader } from '../processes/process-reader.js';
import { readProcess } from '../processes/read-process.js';
import { LateSearch } from './late-search.js';

/** How long an event waits for the processes behind it. */
const WAIT_MS = 100;
/** A process with this set to 1 in its environment does not want to be watched. */
const IGNORE = 'PORTOLAN_IGNORE';

/** Finds the processes behind new sockets, and remembers which of them want to be left out. */
export class HolderSearch {
  readonly #enabled: boolean;
  readonly #signal: AbortSignal;
  readonly #onLate: (listeners: readonly Listener[]) => void;
  readonly #ignored = new WeakSet<Process>();
  readonly #late: LateSearch;

  /**
   * @param enabled whether processes are searched for at all
   * @param onLate is told what was learned after {@link findSoon} had to answer
   */
  constructor(enabled: boolean, signal: AbortSignal, onLate: (listeners: readonly Listener[]) => void) {
    this.#enabled = enabled;
    this.#signal = signal;
    this.#onLate = onLate;
    this.#late = new LateSearch((listeners, pids) => this.find(listeners, pids), onLate, signal);
  }

  /** The same listeners with their processes. */
  async find(listeners: readonly Listener[], likely: readonly number[] = []): Promise<readonly Listener[]> {
    if (!this.#enabled || listeners.length === 0) return listeners;
    const found = await attachProcesses(listeners, likely, this.#signal);
    this.#noteIgnored(found);
    return found;
  }

  /**
   * The same without waiting for long: with those who are known to have opened them where that is known of all, else with
   * all who hold them, or without processes where that takes too long.
   *
   * @param openers pids by the listener's key
   */
  async findSoon(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, number>,
  ): Promise<readonly Listener[]> {
    if (!this.#enabled || listeners.length === 0) return listeners;
    const pids = [...new Set(listeners.flatMap((listener) => openers.get(listenerKey(listener)) ?? []))];
    const likely = pids.length === 0 ? undefined : attachProcessesAmong(pids, listeners);
    if (likely === undefined) return this.#findInTime(listeners, pids);
    this.#noteIgnored(likely);
    // A server forks its workers only after it listens.
    this.#late.add(listeners, pids);
    return likely;
  }

  async #findInTime(listeners: readonly Listener[], likely: readonly number[]): Promise<readonly Listener[]> {
    const search = this.find(listeners, likely);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    const found = await Promise.race([search, timeout]);
    clearTimeout(timer);
    if (found !== undefined) return found;
    // Only the end of the monitor makes a search fail, and then nobody waits for it.
    search.then(this.#onLate, () => undefined);
    return listeners;
  }

  /** The listener that a process had, of which nothing is left to look at but the process. */
  listenerOf(endpoint: Endpoint, pid: number): Listener {
    const process = this.#enabled ? readProcess(pid) : null;
    const processes = this.#enabled ? (process === null ? [] : [process]) : null;
    const listener = { ...endpoint, ephemeral: false, sockets: [], processes, owners: [] };
    this.#noteIgnored([listener]);
    return listener;
  }

  #noteIgnored(listeners: readonly Listener[]): void {
    for (const process of listeners.flatMap(({ processes }) => processes ?? [])) {
      const isMarked = () => processReader().environmentValue(process.pid, IGNORE) === '1';
      if (isOwn(process) || isMarked()) this.#ignored.add(process);
    }
  }

  /** Whether all who hold this listener want to be left out. */
  isIgnored({ processes }: Listener): boolean {
    return (
      processes !== null && processes.length > 0 && processes.every((process) => this.#ignored.has(process))
    );
  }
}

function isOwn({ pid }: Process): boolean {
  return pid === process.pid;
}
