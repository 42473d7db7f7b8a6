import type { Family, PortRange, Protocol } from '@portolan/monitor';
import type { ListenerFilter } from '../filter.js';
import { askedOwners, type OwnerOptions } from './asked-owners.js';
import { parseCgroup } from './cgroup.js';
import { parseContainer } from './container.js';
import { parseEnvironment } from './environment.js';
import type { OptionDefinition } from './option-definition.js';
import { parsePid } from './pid.js';
import { parseUser } from './user.js';

/** The options that say which listeners are wanted. */
export interface FilterOptions extends OwnerOptions {
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
  {
    flags: '--tree <pid>',
    description: 'only of this process and all that descend from it',
    parse: parsePid,
  },
  {
    flags: '--env <variable>',
    description: 'only of processes that were started with this in their environment: NAME or NAME=value',
    parse: parseEnvironment,
  },
  {
    flags: '--cgroup <glob>',
    description:
      'only of this cgroup and those below: a path, or a name as of a systemd unit; * is a wildcard',
    parse: parseCgroup,
  },
  {
    flags: '--container <name>',
    description: "only of this container: its id, how that begins, or the engine's name for it",
    parse: parseContainer,
  },
];

/** How they go together, for a help text. */
export const FILTER_NOTE = `
What passes all of these filters counts; of one that is given twice, the last.`;

/**
 * What the ports and the options ask for. Both protocols, or both families, are the same as none.
 *
 * @throws UsageError for a container's name that no engine knows
 */
export async function toFilter(ports: readonly PortRange[], options: FilterOptions): Promise<ListenerFilter> {
  const owners = await askedOwners(options);
  return {
    ports: ports.length > 0 ? ports : undefined,
    protocols: chosen<Protocol>([options.tcp && 'tcp', options.udp && 'udp']),
    families: chosen<Family>([options.ipv4 && 4, options.ipv6 && 6]),
    process: options.process,
    uid: options.user,
    owners: owners.length > 0 ? owners : undefined,
  };
}

function chosen<T>(values: (T | undefined)[]): T[] | undefined {
  const given = values.filter((value) => value !== undefined);
  return given.length > 0 ? given : undefined;
}
