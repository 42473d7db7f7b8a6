import { readFileSync } from 'node:fs';
import type { PortRange } from '../port-range.js';

const PATH = '/proc/sys/net/ipv4/ip_local_port_range';

/**
 * The ports that the kernel gives to whoever asks for any, of this network namespace (ip_local_port_range,
 * Documentation/networking/ip-sysctl.rst; IPv6 has the same). Undefined where it does not tell.
 */
export function ephemeralPorts(path = PATH): PortRange | undefined {
  try {
    const [from, to] = readFileSync(path, 'latin1').trim().split(/\s+/).map(Number);
    return from !== undefined && to !== undefined && from <= to ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}
