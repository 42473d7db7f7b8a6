import { selfSite } from './places/self-place.js';
import { type ReaderOptions, SiteReader } from './places/site-reader.js';
import type { Snapshot } from './places/snapshot.js';

/** Looks at the listeners of this machine again and again, keeping its sockets and files open between looks. */
export class ListenerReader implements AsyncDisposable {
  readonly #reader: SiteReader;

  constructor(options: ReaderOptions = {}) {
    this.#reader = new SiteReader(selfSite(), options);
  }

  /**
   * Looks once. While nothing changes, and without processes, `listeners` is the same array each time.
   *
   * @throws NoSourceError if no source of the chain works
   */
  async look(signal?: AbortSignal): Promise<Snapshot> {
    const takenAt = new Date();
    const start = performance.now();
    const { listeners, source, failures, skipped } = await this.#reader.look(signal);
    const places = [{ place: this.#reader.site.place, source, failures, reason: null, skipped }];
    const complete = await this.#reader.attachProcesses(listeners, [], signal);
    const durationMs = performance.now() - start;
    return { listeners: complete, source, failures, skipped, places, takenAt, durationMs };
  }

  /** Closes what is held. */
  async close(): Promise<void> {
    this.#reader.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
