import { addressText, parseAddress } from '../../address.js';
import { type BoundSocket, boundSocket, type Family } from '../../listener.js';
import type { SeenProcess } from '../../processes/process.js';
import { SourceError } from '../source-error.js';
import { commandName } from './command-name.js';
import { type FieldSet, readFieldSets } from './fields.js';

/** The fields that {@link parseLsof} reads, as `-F` takes them; `0` ends each with a NUL. */
export const LSOF_FIELDS = '0pRcuLftdPnT';

interface HeldSocket extends BoundSocket {
  readonly pids: number[];
}

/**
 * Reads the listening TCP sockets and the bound UDP ones out of what `lsof -nP -i -F0…` prints of all open Internet
 * files (lsof(8)), with {@link LSOF_FIELDS}. A socket that several processes hold, or one several times, is one.
 *
 * The device of a socket is its inode on Linux. On macOS it is an address in the kernel (`0x…`); there the queue of a
 * listener tells nothing of who waits, and IPv6 addresses of one link hold the number of their interface in themselves.
 *
 * @param interfaceName the name of the interface of a number, null if there is none
 * @returns the sockets, what is told of the processes that hold them, and how many rows told of a socket that could not be
 *   understood
 * @throws SourceError if this is not the output of lsof, or cut off
 */
export function parseLsof(
  output: string,
  interfaceName: (index: number) => string | null,
): { sockets: BoundSocket[]; processes: ReadonlyMap<number, SeenProcess>; skipped: number } {
  const sockets = new Map<string, HeldSocket>();
  const processes = new Map<number, SeenProcess>();
  let skipped = 0;
  let holder: SeenProcess | undefined;
  for (const set of readFieldSets(output)) {
    if (set.fields.has('p')) {
      holder = readProcess(set);
      continue;
    }
    if (holder === undefined || !set.fields.has('f'))
      throw new SourceError('lsof', 'lsof printed a file of no process');
    if (!listens(set)) continue;
    const socket = readSocket(set, interfaceName);
    if (socket === undefined) {
      skipped++;
      continue;
    }
    const { protocol, family, address, port } = socket;
    const key = [protocol, family, address, port, set.fields.get('d')].join(' ');
    const { pids } = sockets.get(key) ?? socket;
    if (!sockets.has(key)) sockets.set(key, socket);
    if (pids.at(-1) !== holder.pid) pids.push(holder.pid);
    processes.set(holder.pid, holder);
  }
  return { sockets: [...sockets.values()], processes, skipped };
}

function readProcess({ fields }: FieldSet): SeenProcess {
  const pid = numberIn(fields.get('p'));
  if (pid === null) throw new SourceError('lsof', 'lsof printed a process without a number');
  return {
    pid,
    parentPid: numberIn(fields.get('R')),
    name: commandName(fields.get('c') ?? ''),
    uid: numberIn(fields.get('u')),
    user: fields.get('L') ?? null,
  };
}

/** Whether a file is a socket that others can reach: TCP in state LISTEN, or UDP that is bound and has no peer. */
function listens({ fields, tcp }: FieldSet): boolean {
  const [type, name = ''] = [fields.get('t'), fields.get('n')];
  if (type !== 'IPv4' && type !== 'IPv6') return false;
  if (fields.get('P') === 'TCP') return tcp.get('ST') === 'LISTEN';
  // A socket that was never bound is `*:*` on macOS, or has no name at all.
  return fields.get('P') === 'UDP' && name !== '' && !name.includes('->') && !name.endsWith(':*');
}

function readSocket(
  { fields, tcp }: FieldSet,
  interfaceName: (index: number) => string | null,
): HeldSocket | undefined {
  const [, host, zone, digits] =
    /^(\*|\[[0-9a-fA-F:.]+(?:%([^\]]+))?\]|[0-9.]+):([1-9]\d{0,4})$/.exec(fields.get('n') ?? '') ?? [];
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65535)) return undefined;
  const family = fields.get('t') === 'IPv6' ? 6 : 4;
  const inode = numberIn(fields.get('d'));
  const place = readPlace(host.replace(/^\[|(?:%.*)?\]$/g, ''), family, inode === null);
  if (place === undefined) return undefined;
  const socket = boundSocket({
    protocol: fields.get('P') === 'TCP' ? 'tcp' : 'udp',
    family,
    address: place.address,
    port,
    inode,
    interface: zone ?? (place.scope === 0 ? null : interfaceName(place.scope)),
    backlog: inode === null ? null : numberIn(tcp.get('QR')),
  });
  return { ...socket, pids: [] };
}

/**
 * Reads an address without brackets and zone. An IPv6 socket that is bound to an IPv4 address, v4-mapped, comes with
 * that one. The kernel of macOS keeps the number of the interface in the second group of a link-local address
 * (`fe80:4::1`), where the address itself has nothing but zeros (RFC 4291, 2.5.6).
 */
function readPlace(
  host: string,
  family: Family,
  hasEmbeddedScope: boolean,
): { readonly address: string; readonly scope: number } | undefined {
  if (host === '*') return { address: family === 4 ? '0.0.0.0' : '::', scope: 0 };
  const parsed = parseAddress(family === 6 && !host.includes(':') ? `::ffff:${host}` : host);
  if (parsed?.family !== family) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = parsed.bytes;
  const isLinkLocal = family === 6 && first === 0xfe && (second & 0xc0) === 0x80;
  if (!hasEmbeddedScope || !isLinkLocal) return { address: addressText(parsed), scope: 0 };
  const bytes = Uint8Array.from(parsed.bytes);
  bytes.fill(0, 2, 4);
  return { address: addressText({ family, bytes }), scope: (third << 8) | fourth };
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null;
}
