import type { Channel, Transport } from '../elsewhere/transport.js';
import { isContainerName } from './container-state.js';
import type { EngineClient } from './engine-client.js';
import { ExecChannel } from './exec-channel.js';

/**
 * Runs programs in a container through its engine (Docker Engine API, ContainerExec and ExecStart), as `docker exec -i`
 * does. That needs no program of this machine, and works on whatever machine the engine is.
 */
export class ExecTransport implements Transport {
  readonly #client: EngineClient;
  readonly #containerId: string;

  constructor(client: EngineClient, containerId: string) {
    this.#client = client;
    this.#containerId = containerId;
  }

  /**
   * Starts a program. Engines do not say at once that a program is not in the container: its `ended` tells so.
   *
   * @throws EngineError if the engine can't be asked, or the container does not run
   */
  async start(args: readonly string[]): Promise<Channel> {
    const execId = await this.#create(args);
    const connection = await this.#client.openRaw(`/exec/${execId}/start`, { Detach: false, Tty: false });
    return new ExecChannel(this.#client, execId, args[0] ?? '', connection);
  }

  /** Does nothing: no connection is held between two programs. */
  async close(): Promise<void> {}

  async #create(args: readonly string[]): Promise<string> {
    const answer = await this.#client.ask('POST', `/containers/${this.#containerId}/exec`, {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      Cmd: args,
    });
    if (answer.status !== 201) throw this.#client.refusal(answer);
    const { value } = answer;
    const id = typeof value === 'object' && value !== null && 'Id' in value ? value.Id : undefined;
    if (typeof id === 'string' && isContainerName(id)) return id;
    throw this.#client.unexpected('an answer that names no program');
  }
}
