import { addressOfContext, configDirectory, currentContext } from './docker-context.js';
import type { EngineAddress, EngineKind } from './engine-address.js';
import { type EngineSettings, engineSettings } from './engine-settings.js';
import { type EngineTls, readTls } from './engine-tls.js';
import { parseEngineHost } from './parse-engine-host.js';

const DOCKER_SOCKET = '/var/run/docker.sock';
const PODMAN_SOCKET = '/run/podman/podman.sock';

/**
 * The engine that the command `docker` or `podman` would talk to.
 *
 * - `docker` (docker/cli, cli/command/cli.go): `DOCKER_HOST`; else the context that `DOCKER_CONTEXT` or the configuration
 *   file names; else the usual socket; else the socket of an engine without root
 * - `podman` (podman(1)): `CONTAINER_HOST`; else the user's socket; else root's socket
 *
 * @throws EngineError if the settings name an address or a context that can't be used
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

/** Any value of `DOCKER_TLS_VERIFY` or `DOCKER_TLS` turns TLS on, even `0` (docker/cli, cli/flags/options.go). */
function environmentTls(settings: EngineSettings): EngineTls | null {
  const { DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH } = settings.environment;
  if (!DOCKER_TLS_VERIFY && !DOCKER_TLS) return null;
  return readTls(DOCKER_CERT_PATH || configDirectory(settings), Boolean(DOCKER_TLS_VERIFY), settings);
}

function inRuntimeDirectory(name: string, { environment }: EngineSettings): string[] {
  return environment.XDG_RUNTIME_DIR ? [`${environment.XDG_RUNTIME_DIR}/${name}`] : [];
}

/** The first socket that exists. If none exists, the fallback, which then stands in the error. */
function firstSocket(
  paths: readonly string[],
  { exists }: EngineSettings,
  fallback = paths[0] ?? '',
): EngineAddress {
  return { over: 'unix', path: paths.find(exists) ?? fallback };
}
