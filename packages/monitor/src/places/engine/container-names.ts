import type { ContainerEngine } from './engine.js';

/** How long what the engines said holds for an id that they did not know. */
const FRESH_MS = 1000;

/** The names of containers by their ids, from the engines of this machine that answer. */
export class ContainerNames {
  readonly #openEngines: readonly (() => ContainerEngine)[];
  #names = new Map<string, string>();
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param openEngines each makes one; throws EngineError where that can't be had */
  constructor(openEngines: readonly (() => ContainerEngine)[]) {
    this.#openEngines = openEngines;
  }

  /** The container's place, `docker:web`; undefined where no engine knows it. */
  async placeOf(id: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#names.has(id) && performance.now() - this.#askedAt >= FRESH_MS) {
      this.#names = await this.#ask(signal);
      this.#askedAt = performance.now();
    }
    return this.#names.get(id);
  }

  async #ask(signal: AbortSignal | undefined): Promise<Map<string, string>> {
    const lists = await Promise.all(this.#openEngines.map((open) => listed(open, signal)));
    signal?.throwIfAborted();
    return new Map(lists.flat());
  }
}

/** Nothing where the engine can't be asked: a container is named by a process of it then. */
async function listed(
  open: () => ContainerEngine,
  signal: AbortSignal | undefined,
): Promise<[id: string, place: string][]> {
  try {
    const engine = open();
    const containers = await engine.list(signal);
    return containers.map(({ id, name }) => [id, `${engine.kind}:${name}`]);
  } catch {
    return [];
  }
}
