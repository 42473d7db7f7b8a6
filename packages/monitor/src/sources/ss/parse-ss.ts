import { addressText, parseAddress } from '../../address.js';
import { type BoundSocket, boundSocket, type Family, type Protocol } from '../../listener.js';
import { SourceError } from '../source-error.js';

const HEADER = /^Netid\s*State\s+Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port/;
const ROW = /^(tcp|udp)\s+(LISTEN|UNCONN)\s+(\d{1,10})\s+(\d{1,10})\s+(\S+)\s+(\S+)(?:\s+(.*))?$/;

/** The end of a whole output: 5.4 leaves out the last newline, but every version ends a row with its arrow. */
const WHOLE = /\n$|[<-]-[->] *$/;

interface Row {
  readonly protocol: Protocol;
  readonly backlog: number;
  readonly sendQueue: number;
  /** The local address without brackets and zone; `*` for a wildcard that does not name its family. */
  readonly host: string;
  readonly zone: string | null;
  readonly port: number;
  readonly peer: string;
  readonly details: string;
}

/**
 * Parses what `ss -lntue` prints, in the dialects of iproute2 4.4 to 7.1 (misc/ss.c). They differ in the wildcard `*`: up to
 * 4.12 it is IPv4's, in 4.13 of either family, and from 4.14 on IPv6's.
 *
 * @returns the sockets, and the number of rows that could not be parsed
 * @throws SourceError when this is not the output of ss, or does not tell IPv4 from IPv6
 */
export function parseSs(output: string): { sockets: BoundSocket[]; skipped: number } {
  const [header = '', ...lines] = output.split('\n');
  if (!HEADER.test(header)) throw new SourceError('ss', 'ss printed something else than a table of sockets');
  if (!WHOLE.test(output)) throw new SourceError('ss', 'the output of ss is cut off');

  const rows: Row[] = [];
  let skipped = 0;
  for (const line of lines) {
    if (line === '') continue;
    const row = parseRow(line);
    if (row === undefined) skipped++;
    else rows.push(row);
  }
  const wildcardFamily = familyOfWildcard(rows);
  const sockets: BoundSocket[] = [];
  for (const row of rows) {
    const socket = toSocket(row, wildcardFamily);
    if (socket === undefined) skipped++;
    else sockets.push(socket);
  }
  return { sockets, skipped };
}

function parseRow(line: string): Row | undefined {
  const [, protocol, state, backlog, sendQueue, local = '', peer = '', details = ''] =
    ROW.exec(line.trimEnd()) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  if (state !== (protocol === 'tcp' ? 'LISTEN' : 'UNCONN')) return undefined;
  const [, host = '', digits] = /^(.*):([1-9]\d{0,4})$/.exec(local) ?? [];
  const port = Number(digits);
  if (!(port <= 65535)) return undefined;
  const [address = '', ...zone] = host.split('%');
  return {
    protocol,
    backlog: Number(backlog),
    sendQueue: Number(sendQueue),
    host: /^\[.*\]$/.test(address) ? address.slice(1, -1) : address,
    zone: zone.length > 0 ? zone.join('%') : null,
    port,
    peer,
    details,
  };
}

/**
 * The family of a `*` in a row without `v6only:`. Through netlink, every version prints `v6only:` for IPv6 sockets. When
 * netlink was refused and it read /proc, it does not, and only the other rows can tell.
 *
 * @returns undefined when they do not tell
 */
function familyOfWildcard(rows: readonly Row[]): Family | undefined {
  const since414 = rows.some(
    ({ host, peer }) => host === '0.0.0.0' || peer === '0.0.0.0:*' || peer === '[::]:*',
  );
  if (since414) return 6;
  const upTo412 = rows.some(({ peer }) => peer === ':::*');
  // From /proc, ss knows no backlog limit and prints 0.
  const throughNetlink = rows.some(({ protocol, sendQueue, details }) => {
    return (protocol === 'tcp' && sendQueue > 0) || /(^| )v6only:/.test(details);
  });
  return upTo412 || throughNetlink ? 4 : undefined;
}

function toSocket(row: Row, wildcardFamily: Family | undefined): BoundSocket | undefined {
  const address = row.host === '*' ? wildcardAddress(row, wildcardFamily) : readAddress(row.host);
  if (address === undefined) return undefined;
  const { identity = '', cgroup, v6Only } = DETAILS[address.family].exec(row.details)?.groups ?? {};
  const inode = numberIn(identity, /(?:^| )ino:(\d{1,15})(?: |$)/);
  return boundSocket({
    protocol: row.protocol,
    ...address,
    port: row.port,
    inode,
    // The owner is printed unless that is root.
    uid: inode === null ? null : (numberIn(identity, /(?:^| )uid:(\d{1,15})(?: |$)/) ?? 0),
    interface: row.zone,
    v6Only: v6Only ? v6Only === '1' : null,
    backlog: row.backlog,
    backlogLimit: row.protocol === 'tcp' ? row.sendQueue : null,
    cgroup: cgroup?.startsWith('/') ? cgroup : null,
  });
}

type HostAddress = Pick<BoundSocket, 'family' | 'address'>;

function wildcardAddress(row: Row, wildcardFamily: Family | undefined): HostAddress {
  const family = /(^| )v6only:[01]( |$)/.test(row.details) ? 6 : wildcardFamily;
  if (family === undefined) throw new SourceError('ss', 'this ss does not tell IPv4 from IPv6 wildcards');
  return { family, address: family === 4 ? '0.0.0.0' : '::' };
}

function readAddress(host: string): HostAddress | undefined {
  const parsed = parseAddress(host);
  return parsed && { family: parsed.family, address: addressText(parsed) };
}

/**
 * What `-e` adds: `uid:1000 ino:188739 sk:2f23 cgroup:/a v6only:0 <->`. Anybody may choose the name of a cgroup, and it may
 * look like the other details. These are therefore only looked for before and behind it.
 */
const DETAILS: Record<Family, RegExp> = {
  4: /^(?<identity>.*?)(?: cgroup:(?<cgroup>.*?))?(?<v6Only>)(?: [<-]-[->])?$/,
  6: /^(?<identity>.*?)(?: cgroup:(?<cgroup>.*?))?(?: v6only:(?<v6Only>[01]))?(?: [<-]-[->])?$/,
};

function numberIn(text: string, pattern: RegExp): number | null {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}
