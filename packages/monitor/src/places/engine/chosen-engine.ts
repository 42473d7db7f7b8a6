import { addressOfContext, configDirectory, currentContext } from './docker-context.js';
import type { EngineAddress, EngineKind } from './engine-address.js';
import { type EngineSettings, engineSettings } from './engine-settings.js';
import { type EngineTls, readTls } from './engine-tls.js';
import { parseEngineHost } from './parse-engine-host.js';

const DOCKER_SOCKET = '/var/run/docker.sock';
const PODMAN_SOCKET = '/run/podman/podman.sock';

/**
 * Which engine to talk to, by the rules of its own command.
 *
 * Docker's (docker/cli, cli/command/cli.go): `DOCKER_HOST`, which wins over every context; else the context that
 * `DOCKER_CONTEXT` or the configuration file names; else the usual socket, or where there is none, that of an engine without
 * root. Podman's (podman(1)): `CONTAINER_HOST`, else the socket of this user, else that of root.
 *
 * @throws EngineError for an address or a context that can't be used
 */
export function chosenEngine(kind: EngineKind, settings: EngineSettings = engineSettings()): EngineAddress {
  return kind === 'docker' ? dockerAddress(settings) : podmanAddress(settings);
}

function dockerAddress(settings: EngineSettings): EngineAddress {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: named } = settings.environment;
  if (host) return parseEngineHost(host, 'DOCKER_HOST', () => environmentTls(settings));
  const context = named || currentContext(settings) || 'default';
  if (context !== 'default') return addressOfContext(context, settings);
  return firstSocket([DOCKER_SOCKET, ...inRuntimeDirectory('docker.sock', settings)], settings);
}

function podmanAddress(settings: EngineSettings): EngineAddress {
  const { CONTAINER_HOST: host } = settings.environment;
  if (host) return parseEngineHost(host, 'CONTAINER_HOST', () => null);
  return firstSocket(
    [...inRuntimeDirectory('podman/podman.sock', settings), PODMAN_SOCKET],
    settings,
    PODMAN_SOCKET,
  );
}

/** `DOCKER_TLS_VERIFY` and `DOCKER_TLS` turn it on with any value, even `0` (docker/cli, cli/flags/options.go). */
function environmentTls(settings: EngineSettings): EngineTls | null {
  const { DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH } = settings.environment;
  if (!DOCKER_TLS_VERIFY && !DOCKER_TLS) return null;
  return readTls(DOCKER_CERT_PATH || configDirectory(settings), Boolean(DOCKER_TLS_VERIFY), settings);
}

function inRuntimeDirectory(name: string, { environment }: EngineSettings): string[] {
  return environment.XDG_RUNTIME_DIR ? [`${environment.XDG_RUNTIME_DIR}/${name}`] : [];
}

/** The first socket that exists; where none does, the one to complain of. */
function firstSocket(
  paths: readonly string[],
  { exists }: EngineSettings,
  fallback = paths[0] ?? '',
): EngineAddress {
  return { over: 'unix', path: paths.find(exists) ?? fallback };
}
