import { readFileSync } from 'node:fs';
import type { PortRange } from '../../port-range.js';

const PATH = '/proc/sys/net/ipv4/ip_local_port_range';

/**
 * Reads which ports the kernel of this network namespace gives to a socket that asks for any (ip_local_port_range,
 * Documentation/networking/ip-sysctl.rst). IPv6 has the same.
 *
 * @returns undefined when /proc does not tell
 */
export function ephemeralPorts(path = PATH): PortRange | undefined {
  try {
    return parsePortRange(readFileSync(path, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Parses that file: two ports with blanks between them. Undefined when it is something else. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, from, to] = /^\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(text)?.map(Number) ?? [];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : undefined;
}
