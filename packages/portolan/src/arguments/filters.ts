import type { Family, Protocol } from '@portolan/monitor';
import type { ListenerFilter } from '../filter.js';
import type { OptionDefinition } from './option-definition.js';
import type { PortRange } from './ports.js';
import { parseUser } from './user.js';

/** The options that say which listeners are wanted. */
export interface FilterOptions {
  readonly tcp?: true;
  readonly udp?: true;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly process?: string;
  /** The number of the user. */
  readonly user?: number;
}

export const FILTER_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-t, --tcp', description: 'TCP only' },
  { flags: '-u, --udp', description: 'UDP only' },
  { flags: '-4, --ipv4', description: 'IPv4 only' },
  { flags: '-6, --ipv6', description: 'IPv6 only' },
  { flags: '--process <name>', description: 'only of processes with this in their name' },
  { flags: '--user <name>', description: 'only of this user, by name or number', parse: parseUser },
];

/** What the ports and the options ask for. Both protocols, or both families, are the same as none. */
export function toFilter(ports: readonly PortRange[], options: FilterOptions): ListenerFilter {
  return {
    ports: ports.length > 0 ? ports : undefined,
    protocols: chosen<Protocol>([options.tcp && 'tcp', options.udp && 'udp']),
    families: chosen<Family>([options.ipv4 && 4, options.ipv6 && 6]),
    process: options.process,
    uid: options.user,
  };
}

function chosen<T>(values: (T | undefined)[]): T[] | undefined {
  const given = values.filter((value) => value !== undefined);
  return given.length > 0 ? given : undefined;
}
