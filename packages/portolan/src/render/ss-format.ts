import type { Listener, ListenerSocket } from '@portolan/monitor';
import { visibleText } from './visible-text.js';

interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** The text between it and the column before. */
  readonly gap: '' | ' ';
}

/** The columns of ss, `misc/ss.c` of iproute2. An address and its port are two columns, aligned towards each other. */
const COLUMNS: readonly Column[] = [
  { header: 'Netid', align: 'left', gap: '' },
  { header: 'State', align: 'left', gap: ' ' },
  { header: 'Recv-Q', align: 'left', gap: ' ' },
  { header: 'Send-Q', align: 'left', gap: ' ' },
  { header: 'Local Address:', align: 'right', gap: ' ' },
  { header: 'Port', align: 'left', gap: '' },
  { header: 'Peer Address:', align: 'right', gap: ' ' },
  { header: 'Port', align: 'left', gap: '' },
  { header: 'Process', align: 'left', gap: '' },
];

/** What `ss -lntu` prints into a pipe for these listeners: a row for each socket. */
export function renderSsFormat(listeners: readonly Listener[]): string {
  const rows = [COLUMNS.map(({ header }) => header)];
  // ss asks for UDP first.
  for (const protocol of ['udp', 'tcp']) {
    for (const listener of listeners) {
      if (listener.protocol !== protocol) continue;
      for (const socket of listener.sockets) rows.push(rowOf(listener, socket));
    }
  }
  const widths = COLUMNS.map((_, index) =>
    rows.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0),
  );
  return rows.map((row) => `${row.map((cell, index) => pad(cell, index, widths)).join('')}\n`).join('');
}

function pad(cell: string, index: number, widths: readonly number[]): string {
  const column = COLUMNS[index];
  const width = widths[index] ?? 0;
  return `${column?.gap}${column?.align === 'right' ? cell.padStart(width) : cell.padEnd(width)}`;
}

function rowOf({ protocol, family, address, port }: Listener, socket: ListenerSocket): string[] {
  const zone = socket.interface === null ? '' : `%${visibleText(socket.interface)}`;
  const dualStack = family === 6 && !socket.v6Only;
  return [
    protocol,
    protocol === 'tcp' ? 'LISTEN' : 'UNCONN',
    String(socket.backlog ?? 0),
    String(socket.backlogLimit ?? 0),
    `${addressText(family, address, dualStack)}${zone}:`,
    String(port),
    `${addressText(family, family === 4 ? '0.0.0.0' : '::', dualStack)}:`,
    '*',
    '',
  ];
}

/** An IPv6 wildcard that takes IPv4 too is `*`. So is one of which ss can't know that, as with /proc. */
function addressText(family: Listener['family'], address: string, dualStack: boolean): string {
  if (family === 4) return address;
  return dualStack && address === '::' ? '*' : `[${address}]`;
}
