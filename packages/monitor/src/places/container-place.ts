import { readProcStat } from '../processes/read-process.js';
import { ElsewhereSource } from './elsewhere/elsewhere-source.js';
import type { ContainerEngine } from './engine/container-engine.js';
import type { ContainerState } from './engine/container-state.js';
import type { EngineKind } from './engine/engine-address.js';
import { EngineError } from './engine/engine-error.js';
import { localPidOf } from './engine/local-pid.js';
import { siteOfProcess } from './local-site.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import type { LocalSite, Site } from './site.js';

/** The least time between two questions to an engine about a container whose processes are not this machine's. */
const ASK_INTERVAL_MS = 1000;

/**
 * The place `docker:NAME` or `podman:NAME`: the container that has that name now. NAME may also be an id, or its beginning.
 *
 * If the container's processes are this machine's, the site is their network namespace, and the engine is asked again only
 * when the first process has ended. Otherwise the engine runs the programs that look from within.
 */
export class ContainerPlace implements Place {
  readonly name: string;
  readonly changes = true;
  readonly isMany = false;
  readonly #openEngine: () => ContainerEngine;
  readonly #container: string;
  #engine: ContainerEngine | undefined;
  #site: Site | undefined;
  #startTicks: number | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param openEngine makes the engine; called when it is first needed; may throw EngineError */
  constructor(kind: EngineKind, container: string, openEngine: () => ContainerEngine) {
    this.name = `${kind}:${container}`;
    this.#container = container;
    this.#openEngine = openEngine;
  }

  async find(signal?: AbortSignal): Promise<readonly Site[]> {
    const site = this.#site;
    if (site?.kind === 'local' && this.#stillRuns(site)) return [site];
    const isDue = performance.now() - this.#askedAt >= ASK_INTERVAL_MS;
    if (site?.kind === 'elsewhere' && !isDue) return [site];
    this.#askedAt = performance.now();
    try {
      this.#engine ??= this.#openEngine();
      this.#site = this.#siteOf(await this.#ask(this.#engine, signal), this.#engine);
    } catch (error) {
      // If the engine does not answer, the programs that it runs do not either: the source reports that.
      if (error instanceof EngineError && site?.kind === 'elsewhere') return [site];
      this.#site = undefined;
      throw error instanceof EngineError ? new PlaceError(this.name, error.message, { cause: error }) : error;
    }
    return [this.#site];
  }

  async close(): Promise<void> {
    this.#site = undefined;
  }

  #stillRuns({ pids: [pid] }: LocalSite): boolean {
    return pid !== undefined && readProcStat(pid)?.startTicks === this.#startTicks;
  }

  async #ask(engine: ContainerEngine, signal: AbortSignal | undefined): Promise<ContainerState> {
    const state = await engine.inspect(this.#container, signal);
    if (state === undefined) throw new PlaceError(this.name, 'there is no such container');
    if (!state.isRunning) throw new PlaceError(this.name, 'that container is not running', { mayCome: true });
    return state;
  }

  #siteOf(state: ContainerState, engine: ContainerEngine): Site {
    const pid = localPidOf(state);
    const startTicks = pid === undefined ? undefined : readProcStat(pid)?.startTicks;
    if (pid === undefined || startTicks === undefined) return this.#siteElsewhere(state, engine);
    this.#startTicks = startTicks;
    return { ...siteOfProcess(this.name, pid), id: `${state.id} ${pid} ${startTicks}` };
  }

  #siteElsewhere({ id, startedAt }: ContainerState, engine: ContainerEngine): Site {
    const site = this.#site;
    const siteId = `${id} ${startedAt?.getTime()}`;
    if (site?.id === siteId) return site;
    const place = this.name;
    const transport = engine.execTransport(id);
    return {
      kind: 'elsewhere',
      place,
      id: siteId,
      createSource: ({ processes }) => new ElsewhereSource({ place, transport, processes }),
    };
  }
}
