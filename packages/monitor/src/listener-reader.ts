import type { Listener } from './listener.js';
import type { Logger } from './logger.js';
import type { OwnerRule } from './owners/owner-rule.js';
import { Owners } from './owners/owners.js';
import { attachProcesses } from './processes/attach-processes.js';
import type { Snapshot } from './snapshot.js';
import { SourceChain } from './sources/chain.js';
import { createSources } from './sources/create-sources.js';
import type { SourceName } from './sources/source.js';

/** How to look. */
export interface ReaderOptions {
  /** The sources to try, in this order; `auto` (the default) is netlink, proc, ss, and on macOS lsof. */
  readonly sources?: 'auto' | readonly SourceName[];
  /** Whether to find the processes behind the sockets; true by default. */
  readonly processes?: boolean;
  /** Is told why a source failed. */
  readonly logger?: Logger;
}

/** Looks at the listeners again and again, keeping its sockets and files open between looks. */
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
    return { listeners: complete, source, failures, skipped, takenAt, durationMs: performance.now() - start };
  }

  /** Closes what is held. */
  async close(): Promise<void> {
    this.#chain.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Looks once at what listens on this machine.
 *
 * @throws NoSourceError when no source of the chain works; OwnerRuleError for an owner that can't be one
 */
export async function listListeners(
  options: ReaderOptions & { readonly owners?: readonly OwnerRule[]; readonly signal?: AbortSignal } = {},
): Promise<Snapshot> {
  const owners = new Owners({ follows: false });
  for (const rule of options.owners ?? []) owners.add(rule);
  const reader = new ListenerReader(options);
  try {
    const snapshot = await reader.look(options.signal);
    return { ...snapshot, listeners: owners.attach(snapshot.listeners) };
  } finally {
    await reader.close();
  }
}
