import type { Listener } from '../listener.js';
import { attachProcesses } from '../processes/attach-processes.js';

/** What one site asks for. */
export interface SearchRequest {
  readonly listeners: readonly Listener[];
  /** Pids to look at first. */
  readonly likely: readonly number[];
  /** Which network namespace that is; undefined where it can't be told. */
  readonly tableInode: number | undefined;
  readonly signal: AbortSignal;
}

interface Waiting extends SearchRequest {
  readonly resolve: (found: Listener[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Finds the processes behind the sockets of many sites. Every search has to go through all processes of the machine, so that
 * what is asked for while one runs is searched for together after it.
 */
export class SharedSearch {
  #waiting: Waiting[] = [];
  #isRunning = false;

  /**
   * The same listeners, in the same order, with their processes.
   *
   * @throws the signal's reason where it was aborted
   */
  attach(request: SearchRequest): Promise<Listener[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...request, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await searchFor(this.#waiting.splice(0));
    this.#isRunning = false;
  }
}

/** Ends when nobody waits for it any more. */
async function searchFor(waiting: readonly Waiting[]): Promise<void> {
  const abort = new AbortController();
  const left = new Set(waiting);
  const endings = waiting.map((each) => {
    const giveUp = () => {
      each.reject(each.signal.reason);
      left.delete(each);
      if (left.size === 0) abort.abort();
    };
    if (each.signal.aborted) giveUp();
    else each.signal.addEventListener('abort', giveUp, { once: true });
    return () => each.signal.removeEventListener('abort', giveUp);
  });
  try {
    await searchTogether([...left], abort.signal);
  } catch (error) {
    for (const { reject } of left) reject(error);
  } finally {
    for (const end of endings) end();
  }
}

async function searchTogether(requests: readonly Waiting[], signal: AbortSignal): Promise<void> {
  const listeners = requests.flatMap((request) => request.listeners);
  const likely = new Set(requests.flatMap((request) => request.likely));
  const tables = new Map(
    requests.flatMap((request) => request.listeners.map(({ place }) => [place, request.tableInode])),
  );
  const found = await attachProcesses(listeners, [...likely], signal, (place) => tables.get(place));
  let start = 0;
  for (const request of requests) {
    const end = start + request.listeners.length;
    request.resolve(found.slice(start, end));
    start = end;
  }
}
