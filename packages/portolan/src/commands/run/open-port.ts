import { formatEndpoint, type Listener, type Process, type Protocol } from '@portolan/monitor';
import { byAge } from '../../ending/end-process.js';
import { processName } from '../../render/process-name.js';

/** A port that a run listens on, as its ports file has it. */
export interface OpenPort {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** Where a browser finds it; null for UDP. */
  readonly url: string | null;
  /** The oldest of the processes that hold it. */
  readonly pid: number | null;
  readonly name: string | null;
}

/** The addresses that `localhost` leads to. */
const LOCALHOST = ['0.0.0.0', '::', '127.0.0.1', '::1', '::ffff:127.0.0.1'];

/** Describes a listener. */
export function openPort(listener: Listener): OpenPort {
  const { protocol, address, port } = listener;
  const [process] = [...(listener.processes ?? [])].sort(byAge);
  const host = LOCALHOST.includes(address) ? `localhost:${port}` : formatEndpoint(listener);
  return {
    protocol,
    address,
    port,
    url: protocol === 'tcp' ? `http://${host}` : null,
    pid: process?.pid ?? null,
    name: process === undefined ? null : programName(process),
  };
}

/** `vite` of `node_modules/.bin/vite` and of `node_modules/vite/bin/vite.js`. */
const NPM_PACKAGE = /^.*\/node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/;

/** The name of what a process runs. A command from npm gets its own name, since all of those are `node`. */
function programName(process: Pick<Process, 'name' | 'commandLine'>): string {
  const name = processName(process);
  return (name === 'node' && NPM_PACKAGE.exec(process.commandLine?.[1] ?? '')?.[1]) || name;
}

/** `http://localhost:5173  vite (pid 123)`. */
export function openPortText(open: OpenPort): string {
  return open.pid === null ? endpointText(open) : `${endpointText(open)}  ${open.name} (pid ${open.pid})`;
}

/** `http://localhost:5173`, `udp 127.0.0.1:5353`. It is the same for IPv4 and IPv6 if one address leads to both. */
function endpointText({ protocol, address, port, url }: OpenPort): string {
  return url ?? `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The first port of each endpoint, by the endpoint's text. */
export function byEndpoint(ports: readonly OpenPort[]): Map<string, OpenPort> {
  const endpoints = new Map<string, OpenPort>();
  for (const open of ports) {
    const text = endpointText(open);
    if (!endpoints.has(text)) endpoints.set(text, open);
  }
  return endpoints;
}
