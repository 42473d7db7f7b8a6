import { includesPort, type Listener, type PortRange } from '@portolan/monitor';
import { type ListenerFilter, matches } from '../../listeners/listener-filter.js';

/** What to wait for: all ports listen, or none does. */
export interface Wanted {
  readonly ports: readonly PortRange[];
  readonly filter: ListenerFilter;
  readonly closed: boolean;
}

/** True if the processes behind the ports tell which of them count. */
export function asksForProcesses({ process, uid, owners }: ListenerFilter): boolean {
  return [process, uid, owners].some((asked) => asked !== undefined);
}

/** The ports that are not yet as wanted, as rising ranges. */
export function pendingPorts(listeners: readonly Listener[], { ports, filter, closed }: Wanted): PortRange[] {
  const open = new Set(listeners.filter((one) => matches(one, filter)).map(({ port }) => port));
  if (closed) return toRanges([...open].filter((port) => ports.some((range) => includesPort(range, port))));
  return toRanges(portsOf(ports).filter((port) => !open.has(port)));
}

/** Every port of the ranges once, rising. */
export function portsOf(ranges: readonly PortRange[]): number[] {
  const ports = ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** `5432, 8000-8002`. */
export function portsText(ranges: readonly PortRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

function toRanges(ports: readonly number[]): PortRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.to === port - 1) range.to = port;
    else ranges.push({ from: port, to: port });
  }
  return ranges;
}
