import type { ContainerEngine } from './container-engine.js';

/** The least time between two questions about ids that the engines did not know. */
const ASK_INTERVAL_MS = 1000;

/** The names of containers by their ids, as far as the engines of this machine answer. */
export class ContainerNames {
  readonly #openEngines: readonly (() => ContainerEngine)[];
  #names = new Map<string, string>();
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param openEngines each makes an engine; throws EngineError if the engine's address can't be used */
  constructor(openEngines: readonly (() => ContainerEngine)[]) {
    this.#openEngines = openEngines;
  }

  /** The name of the container's place, `docker:web`; undefined if no engine knows the id. */
  async placeOf(id: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#names.has(id) && performance.now() - this.#askedAt >= ASK_INTERVAL_MS) {
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

/** Empty if the engine can't be asked: then a container is named after one of its processes. */
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
