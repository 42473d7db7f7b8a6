import { basename } from 'node:path';
import type { Process } from '@portolan/monitor';

/** A process that hands the connections of a port on to a container, and where to, as far as it says. */
export interface ContainerProxy {
  readonly target: string | undefined;
}

/** The proxies of Docker, and of Podman and Docker without root. */
const PROXY_NAMES = ['docker-proxy', 'rootlessport'];

/** Tells a container's proxy by its name; undefined for any other process. */
export function containerProxyOf({ name, executable, commandLine }: Process): ContainerProxy | undefined {
  const names = [name, basename(executable ?? '')];
  if (!names.some((one) => PROXY_NAMES.some((proxy) => one.startsWith(proxy)))) return undefined;
  const address = flagValue('container-ip', commandLine ?? []);
  const port = flagValue('container-port', commandLine ?? []);
  if (address === undefined || port === undefined) return { target: undefined };
  return { target: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}` };
}

/** Of `-name value`, `--name value` and `-name=value`, as Go programs take them. */
function flagValue(flag: string, words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === flag) return value ?? words[index + 1];
  }
  return undefined;
}
