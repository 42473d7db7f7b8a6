import type { Family, PortRange, Protocol } from '@portolan/monitor';
import type { ListenerFilter } from '../listeners/listener-filter.js';
import { UserNames } from '../listeners/user-names.js';
import { nearest } from './choice.js';
import type { OptionDefinition } from './option-definition.js';
import { askedOwners, OWNER_OPTIONS, type OwnerOptions } from './owners.js';
import { UsageError } from './usage-error.js';

/** The options that say which listeners are wanted. */
export interface FilterOptions extends OwnerOptions {
  readonly tcp?: true;
  readonly udp?: true;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly process?: string;
  /** The user's uid. */
  readonly user?: number;
}

export const FILTER_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-t, --tcp', description: 'TCP only' },
  { flags: '-u, --udp', description: 'UDP only' },
  { flags: '-4, --ipv4', description: 'IPv4 only' },
  { flags: '-6, --ipv6', description: 'IPv6 only' },
  { flags: '--process <name>', description: 'only of processes with this in their name' },
  { flags: '--user <name>', description: 'only of this user, by name or number', parse: parseUser },
  ...OWNER_OPTIONS,
];

/** How the filters combine, for a help text. */
export const FILTER_NOTE = `
What passes all of these filters counts; of one that is given twice, the last.`;

/** `--ephemeral`, for the commands that look again and again. */
export const EPHEMERAL_OPTION: OptionDefinition = {
  flags: '--ephemeral',
  description: "with the UDP sockets on ports of the kernel's choice, which are mostly clients'",
};

/**
 * Makes a filter of ports and options. Both protocols, or both families, are the same as none.
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

/** The filter without ephemeral listeners, unless `--ephemeral` or ports by number asked for them. */
export function withoutEphemeral(
  filter: ListenerFilter,
  { ephemeral }: { readonly ephemeral?: true },
): ListenerFilter {
  return ephemeral || filter.ports !== undefined ? filter : { ...filter, ephemeral: false };
}

/**
 * Reads a user's name or uid.
 *
 * @returns the uid
 * @throws UsageError for a name that /etc/passwd does not have
 */
export function parseUser(text: string, users = UserNames.read()): number {
  if (/^\d+$/.test(text)) return Number(text);
  const uid = users.uid(text);
  if (uid !== undefined) return uid;
  const meant = nearest(text, users.names());
  const suggestion = meant === undefined ? 'its number works too' : `did you mean ${meant}?`;
  throw new UsageError(`no user '${text}' in /etc/passwd (${suggestion})`);
}
