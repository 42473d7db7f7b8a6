import { addressText, parseAddress } from '../../../address.js';
import type { Family } from '../../../listener.js';

/** A listener that opened or closed, as the kernel recorded it. Of which network namespace is not recorded. */
export interface ListenRecord {
  readonly type: 'opened' | 'closed';
  readonly family: Family;
  /** Canonical text, as in a `Listener`. */
  readonly address: string;
  readonly port: number;
  /** Whose call it was, in the machine's own pid namespace: the process where it can be known, else the thread. */
  readonly pid: number;
  readonly thread: number;
  /** Whether that thread was in this network namespace when the record was read; false if it had ended. */
  readonly isOwn: boolean;
  /** Of an opening: the descriptor that listen() was called with; null if the beginning of that call was not recorded. */
  readonly descriptor: number | null;
  /** On CLOCK_MONOTONIC, as `process.hrtime.bigint()`, to the microsecond. */
  readonly atNs: bigint;
}

/** What a line of trace_pipe tells. */
export type TraceLine =
  | { readonly kind: 'state'; readonly record: ListenRecord }
  /** That thread calls listen(). */
  | { readonly kind: 'listening'; readonly thread: number; readonly descriptor: number }
  /** A listen() of that thread returned. */
  | { readonly kind: 'listened'; readonly thread: number; readonly failed: boolean }
  /** That thread bound a socket, of whatever protocol. */
  | { readonly kind: 'bound'; readonly thread: number }
  /** The buffer overflowed; by how much may be unknown, and is 1 then. */
  | { readonly kind: 'lost'; readonly count: number };

/**
 * What stands before each event (trace_print_context, kernel/trace/trace_output.c): the name of the task, which may hold any
 * byte but NUL, its thread and process id, CPU, flags and time. A name has 15 bytes at most, so that it can't hold all of
 * this, and what is read begins behind it.
 */
const CONTEXT = String.raw`-(\d+) +(?:\( *(?:(\d+)|-+)\) )?\[\d+\] \S+ +(\d+)\.(\d{6}): `;

const STATE_LINE = new RegExp(
  CONTEXT +
    String.raw`inet_sock_set_state: family=AF_INET(6?) protocol=IPPROTO_TCP sport=(\d+) dport=\d+ ` +
    String.raw`saddr=(\S+) daddr=\S+ saddrv6=(\S+) daddrv6=\S+ oldstate=(TCP_\w+) newstate=(TCP_\w+)$`,
);
/**
 * Numbers are hexadecimal, on newer kernels with a prefix (print_syscall_enter(), kernel/trace/trace_syscalls.c); the option
 * `verbose` adds types.
 */
const LISTENING_LINE = new RegExp(
  `${CONTEXT}${String.raw`sys_listen\((?:int )?fd: (?:0x)?([0-9a-f]{1,8}), (?:int )?backlog: \w+\)$`}`,
);
const LISTEN_LINE = new RegExp(`${CONTEXT}sys_listen -> 0x([0-9a-f]+)$`);
const BIND_LINE = new RegExp(`${CONTEXT}sys_bind -> 0x0$`);
const LOST_LINE = /^CPU:\d+ \[LOST (?:(\d+) )?EVENTS\]$/;

/** Reads one line of trace_pipe, in latin1; undefined for one that tells nothing of a listener. */
export function parseTraceLine(line: string): TraceLine | undefined {
  // Which of them may match is told sooner than that one does not.
  if (line.includes('inet_sock_set_state: ')) return parseStateLine(line);
  if (line.endsWith('sys_bind -> 0x0')) return parseBindLine(line);
  if (line.includes('sys_listen -> 0x')) return parseListenLine(line);
  if (line.includes('sys_listen(')) return parseListeningLine(line);
  return parseLostLine(line);
}

function parseStateLine(line: string): TraceLine | undefined {
  const match = STATE_LINE.exec(line);
  if (match === null) return undefined;
  const [, thread, pid, seconds, micros, six, port, ipv4, ipv6, oldState, newState] = match;
  const type = typeOfChange(oldState, newState);
  const address = parseAddress((six === '6' ? ipv6 : ipv4) ?? '');
  if (type === undefined || address === undefined || address.family !== (six === '6' ? 6 : 4))
    return undefined;
  return {
    kind: 'state',
    record: {
      type,
      family: address.family,
      address: addressText(address),
      port: Number(port),
      pid: Number(pid ?? thread),
      thread: Number(thread),
      isOwn: false,
      descriptor: null,
      atNs: BigInt(`${seconds}${micros}000`),
    },
  };
}

/** From TCP_LISTEN to any other state than TCP_CLOSE go the sockets of connections, made as copies of their listener's. */
function typeOfChange(
  oldState: string | undefined,
  newState: string | undefined,
): ListenRecord['type'] | undefined {
  if (newState === 'TCP_LISTEN') return 'opened';
  return oldState === 'TCP_LISTEN' && newState === 'TCP_CLOSE' ? 'closed' : undefined;
}

function parseListeningLine(line: string): TraceLine | undefined {
  const match = LISTENING_LINE.exec(line);
  if (match === null) return undefined;
  return { kind: 'listening', thread: Number(match[1]), descriptor: Number.parseInt(match[5] ?? '', 16) };
}

function parseListenLine(line: string): TraceLine | undefined {
  const match = LISTEN_LINE.exec(line);
  if (match === null) return undefined;
  return { kind: 'listened', thread: Number(match[1]), failed: match[5] !== '0' };
}

function parseBindLine(line: string): TraceLine | undefined {
  const match = BIND_LINE.exec(line);
  return match === null ? undefined : { kind: 'bound', thread: Number(match[1]) };
}

function parseLostLine(line: string): TraceLine | undefined {
  const match = LOST_LINE.exec(line);
  return match === null ? undefined : { kind: 'lost', count: Number(match[1] ?? 1) };
}
