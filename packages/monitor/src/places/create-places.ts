import { isMac } from '../kernel/platform.js';
import { SELF } from '../listener.js';
import { AllNamespaces } from './all-namespaces.js';
import { ContainerPlace } from './container-place.js';
import { SpawnTransport } from './elsewhere/spawn-transport.js';
import { SshTransport } from './elsewhere/ssh-transport.js';
import { ElsewherePlace } from './elsewhere-place.js';
import { ContainerEngine } from './engine/container-engine.js';
import { ContainerNames } from './engine/container-names.js';
import { ENGINE_KINDS, type EngineKind } from './engine/engine-address.js';
import { NetnsPlace } from './netns-place.js';
import { PidPlace } from './pid-place.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import { type PlaceName, parsePlaceName } from './place-name.js';
import { SelfPlace } from './self-place.js';

/** Whether a place of this kind takes network namespaces, which only Linux has. */
const NEEDS_NAMESPACES: Record<PlaceName['kind'], boolean> = {
  self: false,
  all: true,
  pid: true,
  netns: true,
  container: false,
  exec: false,
  ssh: false,
};

/**
 * Makes the places that are asked for, each once, in the order of their names.
 *
 * @param names by default `self`
 * @throws PlaceError for a name of no place
 */
export function createPlaces(names: string | readonly string[] = SELF): readonly Place[] {
  const distinct = new Set(typeof names === 'string' ? [names] : names);
  if (distinct.size === 0) throw new PlaceError('in', 'no place is named');
  return [...distinct].map((name) => createPlace(parsePlaceName(name), name));
}

function createPlace(name: PlaceName, text: string): Place {
  if (isMac() && NEEDS_NAMESPACES[name.kind])
    throw new PlaceError(
      text,
      'only Linux has network namespaces; self, docker:, exec: and ssh: work from macOS',
    );
  switch (name.kind) {
    case 'self':
      return new SelfPlace();
    case 'pid':
      return new PidPlace(name.pid);
    case 'netns':
      return new NetnsPlace(name.name);
    case 'all':
      return new AllNamespaces(containerNamer());
    case 'container':
      return new ContainerPlace(name.engine, name.name, engineOpener(name.engine));
    case 'exec':
      return new ElsewherePlace(text, new SpawnTransport(name.command));
    case 'ssh':
      return new ElsewherePlace(text, new SshTransport(name.target));
  }
}

function containerNamer(): (id: string, signal?: AbortSignal) => Promise<string | undefined> {
  const names = new ContainerNames(ENGINE_KINDS.map(engineOpener));
  return (id, signal) => names.placeOf(id, signal);
}

function engineOpener(kind: EngineKind): () => ContainerEngine {
  return () => new ContainerEngine(kind);
}
