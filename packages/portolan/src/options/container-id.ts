import { ContainerEngine, EngineError, type EngineKind } from '@portolan/monitor';
import { UsageError } from './usage-error.js';

/**
 * Asks the container engines for the id of a container. They are the engine that `DOCKER_HOST` names, or else Docker's, as
 * its contexts tell, and Podman's.
 *
 * @param name the engine's name for the container
 * @throws UsageError if no engine knows the container, or none can be asked
 */
export async function containerId(name: string, engines = usualEngines()): Promise<string> {
  const asked: string[] = [];
  const unasked: string[] = [];
  for (const findEngine of engines) {
    try {
      const engine = findEngine();
      const container = await engine.inspect(name);
      if (container !== undefined) return container.id;
      asked.push(engine.address);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      unasked.push(error.message);
    }
  }
  throw new UsageError(
    asked.length > 0
      ? `there is no container '${name}' (asked at ${asked.join(', ')})`
      : `'${name}' is no container's id, and no engine can be asked for its name: ${unasked.join('; ')}`,
  );
}

function usualEngines(): (() => ContainerEngine)[] {
  const kinds: EngineKind[] = process.env.DOCKER_HOST ? ['docker'] : ['docker', 'podman'];
  return kinds.map((kind) => () => new ContainerEngine(kind));
}
