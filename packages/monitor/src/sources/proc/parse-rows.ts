import { addressText } from '../../address.js';
import { type BoundSocket, boundSocket, type Family, type Protocol } from '../../listener.js';
import { LISTENING_STATE } from '../listening-state.js';

/**
 * Parses rows of listening sockets of /proc/net/{tcp,tcp6,udp,udp6} (proc_pid_net(5)). They are columns of text, and the
 * columns behind the state may be missing.
 *
 * @param littleEndian the byte order of the machine that printed them: an address is 32-bit words in that order
 * @returns the sockets, and the number of rows that could not be parsed
 */
export function parseRows(
  rows: string,
  protocol: Protocol,
  family: Family,
  littleEndian: boolean,
): { sockets: BoundSocket[]; skipped: number } {
  const sockets: BoundSocket[] = [];
  let skipped = 0;
  for (const row of rows.split('\n')) {
    if (row === '') continue;
    const socket = parseRow(row, protocol, family, littleEndian);
    if (socket === undefined) skipped++;
    else sockets.push(socket);
  }
  return { sockets, skipped };
}

function parseRow(
  row: string,
  protocol: Protocol,
  family: Family,
  littleEndian: boolean,
): BoundSocket | undefined {
  const [, local, remote, state, queues, , , uid, , inode] = row.trim().split(/[ \t]+/);
  const endpoint = parseEndpoint(local ?? '', family, littleEndian);
  if (endpoint === undefined || parseEndpoint(remote ?? '', family, littleEndian) === undefined)
    return undefined;
  if (endpoint.port === 0 || state !== LISTENING_DIGITS[protocol]) return undefined;
  return boundSocket({
    protocol,
    family,
    ...endpoint,
    inode: parseNumber(inode),
    uid: parseNumber(uid),
    backlog: parseReceiveQueue(queues),
  });
}

/** What the column of the state holds for a listening socket. */
export const LISTENING_DIGITS: Record<Protocol, string> = {
  tcp: digitsOf(LISTENING_STATE.tcp),
  udp: digitsOf(LISTENING_STATE.udp),
};

/** `%02X`, as get_tcp4_sock() of net/ipv4/tcp_ipv4.c prints it. */
function digitsOf(state: number): string {
  return state.toString(16).toUpperCase().padStart(2, '0');
}

function parseEndpoint(
  text: string,
  family: Family,
  littleEndian: boolean,
): { address: string; port: number } | undefined {
  const digits = family === 4 ? 8 : 32;
  if (text.length !== digits + 5 || text[digits] !== ':' || !/^[0-9A-Fa-f:]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(0, digits), 'hex');
  if (bytes.length !== digits / 2) return undefined;
  if (littleEndian) bytes.swap32();
  const port = text.slice(digits + 1);
  if (port.includes(':')) return undefined;
  return { address: addressText({ family, bytes }), port: Number.parseInt(port, 16) };
}

/** Parses `tx_queue:rx_queue`, of which the second counts what waits to be accepted or read. */
function parseReceiveQueue(text: string | undefined): number | null {
  const [, digits] = /^[0-9A-Fa-f]{8}:([0-9A-Fa-f]{8})$/.exec(text ?? '') ?? [];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
