import type { Listener } from '../listener.js';
import { type AttachOptions, attachProcesses } from './attach-processes.js';

interface Request extends AttachOptions {
  readonly listeners: readonly Listener[];
  readonly resolve: (found: readonly Listener[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Finds the processes behind the sockets of many sites. Every search has to go through all processes of the machine. So what
 * is asked for in one stretch is searched for together, and what is asked for during a search is searched for after it.
 */
export class SharedSearch {
  #waiting: Request[] = [];
  #isRunning = false;

  /** As {@link attachProcesses}. */
  attach(listeners: readonly Listener[], options: AttachOptions): Promise<readonly Listener[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...options, listeners, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await undefined;
    while (this.#waiting.length > 0) await searchFor(this.#waiting.splice(0));
    this.#isRunning = false;
  }
}

/** Ends when nobody waits for it any more. */
async function searchFor(requests: readonly Request[]): Promise<void> {
  const abort = new AbortController();
  const waiting = new Set(requests);
  const endings = requests.map((request) => {
    const { signal, reject } = request;
    const giveUp = () => {
      reject(signal?.reason);
      waiting.delete(request);
      if (waiting.size === 0) abort.abort();
    };
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
    return () => signal?.removeEventListener('abort', giveUp);
  });
  try {
    await searchTogether([...waiting], abort.signal);
  } catch (error) {
    for (const { reject } of waiting) reject(error);
  } finally {
    for (const end of endings) end();
  }
}

async function searchTogether(requests: readonly Request[], signal: AbortSignal): Promise<void> {
  const listeners = requests.flatMap((request) => request.listeners);
  const openers = [...new Set(requests.flatMap((request) => request.openers ?? []))];
  const likely = [...new Set(requests.flatMap((request) => request.likely ?? []))];
  const seen = new Map(requests.flatMap((request) => [...(request.seen ?? [])]));
  const requestAt = new Map(
    requests.flatMap((request) => request.listeners.map(({ place }) => [place, request])),
  );
  const namespaceOf = (place: string) => requestAt.get(place)?.namespaceOf?.(place);
  const found = await attachProcesses(listeners, { openers, likely, seen, namespaceOf, signal });
  let start = 0;
  for (const request of requests) {
    const end = start + request.listeners.length;
    request.resolve(found.slice(start, end));
    start = end;
  }
}
