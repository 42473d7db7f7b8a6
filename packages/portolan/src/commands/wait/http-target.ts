import type { Listener } from '@portolan/monitor';

/** The address to connect to. */
export interface HttpTarget {
  readonly host: string;
  readonly port: number;
}

/** Where the listeners of a port are asked: on loopback if they listen there, otherwise at their own address. */
export function httpTarget(listeners: readonly Listener[]): HttpTarget | undefined {
  const targets = listeners
    .filter(({ protocol }) => protocol === 'tcp')
    .map((listener) => ({ host: reachableHost(listener), port: listener.port }));
  const loopback = LOOPBACK_HOSTS.map((host) => targets.find((target) => target.host === host));
  return loopback.find((target) => target !== undefined) ?? targets[0];
}

/** The preferred one first. */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1'];

/** The address to connect to, which can't be a wildcard. */
function reachableHost({ address, sockets }: Listener): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address !== '::') return address;
  return sockets.some(({ v6Only }) => v6Only === false) ? '127.0.0.1' : '::1';
}
