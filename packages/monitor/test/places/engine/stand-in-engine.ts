import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An HTTP server at a Unix socket that stands in for a container engine with a fault, or for a real one that would cost much. */
export class StandInEngine implements AsyncDisposable {
  readonly socket: string;
  readonly #directory: string;
  readonly #server: Server;

  private constructor(answer: RequestListener) {
    this.#directory = mkdtempSync(join(tmpdir(), 'portolan-engine-'));
    this.socket = join(this.#directory, 'engine.sock');
    this.#server = createServer(answer).listen(this.socket);
  }

  static async answering(answer: RequestListener): Promise<StandInEngine> {
    const engine = new StandInEngine(answer);
    await once(engine.#server, 'listening');
    return engine;
  }

  /** An engine that tells the ids of containers by their names, as the Docker Engine API does. */
  static with(containers: Readonly<Record<string, string>>): Promise<StandInEngine> {
    return StandInEngine.answering(({ method, url }, response) => {
      const name = /^\/containers\/([^/]+)\/json$/.exec(url ?? '')?.[1] ?? '';
      const id = method === 'GET' ? containers[name] : undefined;
      response.statusCode = id === undefined ? 404 : 200;
      const state = { Running: true, Pid: 1, StartedAt: '2026-01-01T00:00:00Z' };
      const answer =
        id === undefined
          ? { message: `No such container: ${name}` }
          : { Id: id, Name: `/${name}`, State: state };
      response.end(JSON.stringify(answer));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
    rmSync(this.#directory, { recursive: true });
  }
}
