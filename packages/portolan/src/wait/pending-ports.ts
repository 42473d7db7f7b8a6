import type { Listener } from '@portolan/monitor';
import { includesPort, type PortRange } from '../arguments/ports.js';
import { type ListenerFilter, matches } from '../filter.js';

/** What to wait for: that all ports of the filter listen, or that none does. */
export interface Wanted {
  readonly ports: readonly PortRange[];
  readonly filter: ListenerFilter;
  readonly closed: boolean;
}

/** The ports that are not yet as wanted: rising, as ranges. */
export function pendingPorts(listeners: readonly Listener[], { ports, filter, closed }: Wanted): PortRange[] {
  const open = new Set(listeners.filter((one) => matches(one, filter)).map(({ port }) => port));
  if (closed) return toRanges([...open].filter((port) => ports.some((range) => includesPort(range, port))));
  return toRanges(portsOf(ports).filter((port) => !open.has(port)));
}

/** Every port once, rising. */
export function portsOf(ranges: readonly PortRange[]): number[] {
  const ports = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** `5432, 8000-8002`. */
export function portsText(ranges: readonly PortRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
}

function toRanges(ports: readonly number[]): PortRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.last === port - 1) range.last = port;
    else ranges.push({ first: port, last: port });
  }
  return ranges;
}
