import { UsageError } from '../usage-error.js';

const DOCKER = '/var/run/docker.sock';
const PODMAN = '/run/podman/podman.sock';

/**
 * The unix sockets at which a container engine may listen: the one of DOCKER_HOST, or else Docker's, and Podman's of this
 * user and of root.
 *
 * @throws UsageError for a DOCKER_HOST that is no unix socket
 */
export function engineSockets(environment: NodeJS.ProcessEnv): string[] {
  const { DOCKER_HOST: host, XDG_RUNTIME_DIR: directory } = environment;
  if (!host) return [DOCKER, ...(directory ? [`${directory}${PODMAN.slice('/run'.length)}`] : []), PODMAN];
  const path = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (path !== undefined) return [path];
  throw new UsageError(`only an engine of this machine can be asked, and DOCKER_HOST is '${host}'`);
}
