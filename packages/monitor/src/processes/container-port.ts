import { basename } from 'node:path';
import type { ContainerPort, Process } from './process.js';

/** The proxies of Docker, and of Podman and Docker without root. */
const PROXY_NAMES = ['docker-proxy', 'rootlessport', 'rootlesskit-docke'];

/**
 * The port of a container that a process hands its connections on to, if the process is a container engine's proxy.
 * docker-proxy names the port in its command line, rootlessport does not.
 */
export function containerPort({
  name,
  executable,
  commandLine,
}: Pick<Process, 'name' | 'executable' | 'commandLine'>): ContainerPort | null {
  const names = [name, basename(executable ?? '')];
  if (!names.some((one) => PROXY_NAMES.some((proxy) => one.startsWith(proxy)))) return null;
  const port = Number(flagValue('container-port', commandLine ?? []));
  return {
    address: flagValue('container-ip', commandLine ?? []) ?? null,
    port: Number.isInteger(port) && port > 0 ? port : null,
  };
}

/** The value of a flag as Go programs take it: `-name value`, `--name value` or `-name=value`. */
function flagValue(flag: string, words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === flag) return value ?? words[index + 1];
  }
  return undefined;
}
