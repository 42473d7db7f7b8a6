import type { Endpoint, Listener } from '../listener.js';
import { attachProcesses } from '../processes/attach-processes.js';
import type { Process } from '../processes/process.js';
import { processReader } from '../processes/process-reader.js';
import { readProcess } from '../processes/read-process.js';

/** How long an event waits for the processes behind it. */
const WAIT_MS = 100;
/** A process with this in its environment does not want to be watched. */
const IGNORE = 'PORTOLAN_IGNORE=1';

/** Finds the processes behind new sockets, and remembers which of them want to be left out. */
export class HolderSearch {
  readonly #enabled: boolean;
  readonly #ignored = new WeakSet<Process>();

  /** @param enabled whether processes are searched for at all */
  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** The same listeners with their processes. */
  async find(listeners: readonly Listener[], signal: AbortSignal): Promise<readonly Listener[]> {
    if (!this.#enabled || listeners.length === 0) return listeners;
    const found = await attachProcesses(listeners, signal);
    for (const process of found.flatMap(({ processes }) => processes ?? [])) this.#noteIgnored(process);
    return found;
  }

  /** The same, but without the processes where they take too long; `onLate` is then told when they are known. */
  async findSoon(
    listeners: readonly Listener[],
    signal: AbortSignal,
    onLate: (listeners: readonly Listener[]) => void,
  ): Promise<readonly Listener[]> {
    const search = this.find(listeners, signal);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    const found = await Promise.race([search, timeout]);
    clearTimeout(timer);
    if (found !== undefined) return found;
    // Only the end of the monitor makes a search fail, and then nobody waits for it.
    search.then(onLate, () => undefined);
    return listeners;
  }

  /** The listener that a process had, of which nothing is left to look at but the process. */
  listenerOf(endpoint: Endpoint, pid: number): Listener {
    const process = this.#enabled ? readProcess(pid) : null;
    if (process !== null) this.#noteIgnored(process);
    const processes = this.#enabled ? (process === null ? [] : [process]) : null;
    return { ...endpoint, sockets: [], processes };
  }

  #noteIgnored(process: Process): void {
    const isMarked = () => processReader().hasEnvironmentEntry(process.pid, IGNORE);
    if (isOwn(process) || isMarked()) this.#ignored.add(process);
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
