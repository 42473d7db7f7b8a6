import { formatEndpoint, type Listener, type Protocol } from '@portolan/monitor';
import { byAge } from '../kill/plan.js';
import { programName } from './program-name.js';

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

/** Those that `localhost` leads to. */
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

/** `http://localhost:5173`, `udp 127.0.0.1:5353`: the same for IPv4 and IPv6 where one address leads to both. */
export function placeText({ protocol, address, port, url }: OpenPort): string {
  return url ?? `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** `http://localhost:5173  vite (pid 123)`. */
export function openPortText(open: OpenPort): string {
  return open.pid === null ? placeText(open) : `${placeText(open)}  ${open.name} (pid ${open.pid})`;
}
