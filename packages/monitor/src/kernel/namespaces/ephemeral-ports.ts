import { readFileSync } from 'node:fs';
import type { PortRange } from '../../port-range.js';

const PATH = '/proc/sys/net/ipv4/ip_local_port_range';

/**
 * The ports that the kernel gives to whoever asks for any, of this network namespace (ip_local_port_range,
 * Documentation/networking/ip-sysctl.rst; IPv6 has the same). Undefined where it does not tell.
 */
export function ephemeralPorts(path = PATH): PortRange | undefined {
  try {
    return parsePortRange(readFileSync(path, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Parses that file: two ports with blanks between them. Undefined where it is something else. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, from, to] = /^\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(text)?.map(Number) ?? [];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : undefined;
}
