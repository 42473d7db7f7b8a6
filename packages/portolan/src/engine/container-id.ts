import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { UsageError } from '../usage-error.js';
import { engineSockets } from './engine-sockets.js';

const TIME_LIMIT_MS = 2000;
const LATE = `no answer within ${TIME_LIMIT_MS / 1000} s`;

/**
 * Asks the container engines of this machine for the id of a container.
 *
 * @param name the engine's name for it
 * @throws UsageError where none knows it, or none can be asked
 */
export async function containerId(name: string, sockets = engineSockets(process.env)): Promise<string> {
  const asked: string[] = [];
  const unasked: string[] = [];
  for (const socket of sockets) {
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    try {
      const id = await askEngine(socket, name, limit);
      if (id !== undefined) return id;
      asked.push(socket);
    } catch (error) {
      unasked.push(`${socket} (${limit.aborted ? LATE : reasonOf(error)})`);
    }
  }
  throw new UsageError(
    asked.length > 0
      ? `there is no container '${name}' (asked at ${asked.join(', ')})`
      : `'${name}' is no container's id, and no engine can be asked for its name: ${unasked.join(', ')}`,
  );
}

/** ContainerInspect of the Docker Engine API, which Podman has too; undefined where there is no such container. */
async function askEngine(socketPath: string, name: string, signal: AbortSignal): Promise<string | undefined> {
  const path = `/containers/${encodeURIComponent(name)}/json`;
  const asking = request({ socketPath, path, signal }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const { statusCode } = response;
  if (statusCode !== 200) {
    response.destroy();
    if (statusCode === 404) return undefined;
    throw new Error(`status ${statusCode}`);
  }
  const answer: unknown = await json(response);
  const id = typeof answer === 'object' && answer !== null && 'Id' in answer ? answer.Id : undefined;
  if (typeof id === 'string' && /^[\da-f]{64}$/.test(id)) return id;
  throw new Error('an answer without an id');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
