import { chosenEngine } from './chosen-engine.js';
import {
  type ContainerState,
  isContainerName,
  parseContainerList,
  parseContainerState,
  type RunningContainer,
} from './container-state.js';
import { type EngineAddress, type EngineKind, formatEngineAddress } from './engine-address.js';
import { EngineClient, messageOf } from './engine-client.js';
import { EngineExecTransport } from './exec-transport.js';

/** What Docker and Podman say where several ids begin with what was asked for; Podman with status 404. */
const AMBIGUOUS = /multiple ids found|more than one result/i;

/** A container engine, Docker's or Podman's, wherever it runs; nothing is held open between two questions. */
export class ContainerEngine {
  readonly #client: EngineClient;

  /**
   * @param address where it answers; by default where its own command would ask
   * @throws EngineError where the settings of its command name an address that can't be used
   */
  constructor(kind: EngineKind, address: EngineAddress = chosenEngine(kind)) {
    this.#client = new EngineClient(kind, address);
  }

  get kind(): EngineKind {
    return this.#client.kind;
  }

  /** Where it answers, for people: the path of its socket, or a URL. */
  get address(): string {
    return formatEngineAddress(this.#client.address);
  }

  /**
   * Looks a container up.
   *
   * @param container its name, its id, or how that begins
   * @returns undefined where there is none
   * @throws EngineError where the engine can't be asked, or several ids begin so; the signal's reason where it was aborted
   */
  async inspect(container: string, signal?: AbortSignal): Promise<ContainerState | undefined> {
    // Anything else would be another path, and another question.
    if (!isContainerName(container)) return undefined;
    const answer = await this.#client.ask('GET', `/containers/${container}/json`, undefined, signal);
    if (answer.status === 404 && !AMBIGUOUS.test(messageOf(answer))) return undefined;
    if (answer.status !== 200) throw this.#client.refusal(answer);
    const state = parseContainerState(answer.value);
    if (state === undefined) throw this.#client.unexpected('an answer that describes no container');
    return state;
  }

  /**
   * The containers that run.
   *
   * @throws EngineError where the engine can't be asked; the signal's reason where it was aborted
   */
  async list(signal?: AbortSignal): Promise<RunningContainer[]> {
    const answer = await this.#client.ask('GET', '/containers/json', undefined, signal);
    if (answer.status !== 200) throw this.#client.refusal(answer);
    const containers = parseContainerList(answer.value);
    if (containers === undefined) throw this.#client.unexpected('an answer that lists no containers');
    return containers;
  }

  /** Runs programs in a container, of which nothing else is needed than that it has them. */
  execTransport(containerId: string): EngineExecTransport {
    return new EngineExecTransport(this.#client, containerId);
  }
}
