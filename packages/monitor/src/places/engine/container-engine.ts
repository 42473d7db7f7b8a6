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
import { ExecTransport } from './exec-transport.js';

/** The message of Docker and Podman if several ids begin with the text that was asked for. Podman's has status 404. */
const AMBIGUOUS = /multiple ids found|more than one result/i;

/** A container engine, Docker or Podman, on this or another machine. No connection stays open between two questions. */
export class ContainerEngine {
  readonly #client: EngineClient;

  /**
   * @param address by default the address that the command `docker` or `podman` would use
   * @throws EngineError if the user's settings name an address that can't be used
   */
  constructor(kind: EngineKind, address: EngineAddress = chosenEngine(kind)) {
    this.#client = new EngineClient(kind, address);
  }

  get kind(): EngineKind {
    return this.#client.kind;
  }

  /** Its address for messages: the path of its socket, or a URL. */
  get address(): string {
    return formatEngineAddress(this.#client.address);
  }

  /**
   * Looks a container up.
   *
   * @param container its name, its id, or the beginning of its id
   * @returns undefined if there is no such container
   * @throws EngineError if the engine can't be asked, or several ids begin so; the signal's reason if it was aborted
   */
  async inspect(container: string, signal?: AbortSignal): Promise<ContainerState | undefined> {
    // Any other text would change the path, and ask another question.
    if (!isContainerName(container)) return undefined;
    const answer = await this.#client.ask('GET', `/containers/${container}/json`, undefined, signal);
    if (answer.status === 404 && !AMBIGUOUS.test(messageOf(answer))) return undefined;
    if (answer.status !== 200) throw this.#client.refusal(answer);
    const state = parseContainerState(answer.value);
    if (state === undefined) throw this.#client.unexpected('an answer that describes no container');
    return state;
  }

  /**
   * Lists the running containers.
   *
   * @throws EngineError if the engine can't be asked; the signal's reason if it was aborted
   */
  async list(signal?: AbortSignal): Promise<RunningContainer[]> {
    const answer = await this.#client.ask('GET', '/containers/json', undefined, signal);
    if (answer.status !== 200) throw this.#client.refusal(answer);
    const containers = parseContainerList(answer.value);
    if (containers === undefined) throw this.#client.unexpected('an answer that lists no containers');
    return containers;
  }

  /** A way to run programs in a container. The programs must be in the container; nothing else is needed there. */
  execTransport(containerId: string): ExecTransport {
    return new ExecTransport(this.#client, containerId);
  }
}
