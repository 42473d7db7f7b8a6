import type { ListenRecord } from '../../../../src/port-monitor/doorbells/tracefs/parse-trace.js';

/** Lines as Linux 6.18 writes them. */
export interface LineParts {
  readonly comm?: string;
  readonly thread?: number;
  readonly pid?: number | undefined;
  readonly micros?: number;
}

export function stateLine(
  record: ListenRecord,
  { comm = 'node', thread = record.thread }: LineParts = {},
): string {
  const { family, address, port, type, pid, atNs } = record;
  const ipv4 = family === 4 ? address : '0.0.0.0';
  const ipv6 = family === 6 ? address : `::ffff:${address}`;
  const states = type === 'opened' ? ['TCP_CLOSE', 'TCP_LISTEN'] : ['TCP_LISTEN', 'TCP_CLOSE'];
  return (
    context({ comm, thread, pid, micros: Number(atNs / 1000n) }) +
    `inet_sock_set_state: family=AF_INET${family === 6 ? '6' : ''} protocol=IPPROTO_TCP sport=${port} dport=0 ` +
    `saddr=${ipv4} daddr=0.0.0.0 saddrv6=${ipv6} daddrv6=:: oldstate=${states[0]} newstate=${states[1]}`
  );
}

export function listeningLine(descriptor: number, parts: LineParts): string {
  return `${context(parts)}sys_listen(fd: ${descriptor.toString(16)}, backlog: 80)`;
}

export function listenLine(result: number, parts: LineParts): string {
  const unsigned = BigInt.asUintN(64, BigInt(result)).toString(16);
  return `${context(parts)}sys_listen -> 0x${unsigned}`;
}

function context({ comm = 'node', thread = 1, pid, micros = 0 }: LineParts): string {
  const group = pid === undefined ? '-------' : String(pid).padStart(7);
  const time = `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`.padStart(12);
  return `${comm.padStart(16)}-${String(thread).padEnd(7)} (${group}) [000] ..... ${time}: `;
}
