import { type Listener, SELF } from './listener.js';
import type { Logger } from './logger.js';
import type { Snapshot } from './places/snapshot.js';
import { attachProcesses } from './processes/attach-processes.js';
import { SourceChain } from './sources/chain.js';
import { createSources } from './sources/create-sources.js';
import type { SourceName } from './sources/source.js';

/** How to look. */
export interface ReaderOptions {
  /** The sources to try, in this order; `auto` (the default) is netlink, proc, ss, and on macOS lsof. */
  readonly sources?: 'auto' | readonly SourceName[];
  /** Whether to find the processes behind the sockets; by default on this machine, and not elsewhere, where it costs more. */
  readonly processes?: boolean;
  /** Is told why a source failed. */
  readonly logger?: Logger;
}

/** Looks at the listeners of this machine again and again, keeping its sockets and files open between looks. */
export class ListenerReader implements AsyncDisposable {
  readonly #chain: SourceChain;
  readonly #processes: boolean;

  constructor(options: ReaderOptions = {}) {
    this.#chain = new SourceChain(createSources(options.sources ?? 'auto'), options.logger);
    this.#processes = options.processes ?? true;
  }

  /**
   * Looks once. While nothing changes, and without processes, `listeners` is the same array each time.
   *
   * @throws NoSourceError when no source of the chain works
   */
  async look(signal?: AbortSignal): Promise<Snapshot> {
    const takenAt = new Date();
    const start = performance.now();
    const { listeners, source, failures, skipped } = await this.#chain.look(signal);
    const complete: readonly Listener[] = this.#processes
      ? await attachProcesses(listeners, [], signal)
      : listeners;
    const places = [{ place: SELF, source, failures, reason: null, skipped }];
    const durationMs = performance.now() - start;
    return { listeners: complete, source, failures, skipped, places, takenAt, durationMs };
  }

  /** Closes what is held. */
  async close(): Promise<void> {
    this.#chain.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
