import { readStat } from '@portolan/monitor';
import type { AskedOwner } from '../listeners/listener-filter.js';
import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

/** The options that say whose listeners are wanted. */
export interface OwnerOptions {
  /** The pid of the process at the root. */
  readonly tree?: number;
  readonly env?: string;
  readonly cgroup?: string;
  readonly container?: string;
}

export const OWNER_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '--tree <pid>',
    description: 'only of this process and all that descend from it',
    parse: parsePid,
  },
  {
    flags: '--env <variable>',
    description: 'only of processes that were started with this in their environment: NAME or NAME=value',
    parse: parseVariable,
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

/** A container's id, or the beginning of one. */
const CONTAINER_ID = /^[\da-f]{4,64}$/;

/**
 * The owners that a listener must all have. Owners that go by processes come first.
 *
 * @throws UsageError for a container's name that no engine knows
 */
export async function askedOwners({ tree, env, cgroup, container }: OwnerOptions): Promise<AskedOwner[]> {
  const owners: AskedOwner[] = [];
  if (tree !== undefined) owners.push({ name: `--tree ${tree}`, pid: tree });
  if (env !== undefined) owners.push({ name: `--env ${env}`, environment: env });
  if (cgroup !== undefined) owners.push({ name: `--cgroup ${cgroup}`, cgroup });
  if (container !== undefined)
    owners.push({ name: `--container ${container}`, container: await idOf(container) });
  return owners;
}

async function idOf(container: string): Promise<string> {
  if (CONTAINER_ID.test(container)) return container;
  const { containerId } = await import('./container-id.js');
  return containerId(container);
}

/**
 * Reads the pid of a process that runs.
 *
 * @throws UsageError for any other text, and for a pid without a process
 */
function parsePid(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`'${text}' is no pid: expected a number like 812`);
  const pid = Number(text);
  if (readStat(pid) === null) throw new UsageError(`there is no process with the pid ${pid}`);
  return pid;
}

/**
 * Checks `NAME` or `NAME=value`, a variable of an environment.
 *
 * @throws UsageError for any other text
 */
function parseVariable(text: string): string {
  if (text === '' || text.startsWith('='))
    throw new UsageError(`'${text}' is no variable of an environment: expected NAME or NAME=value`);
  return text;
}

/**
 * Checks the path or the name of a cgroup.
 *
 * @throws UsageError for a path that does not begin at the root
 */
function parseCgroup(text: string): string {
  if (/^(?:\/|[^/]+$)/.test(text)) return text;
  throw new UsageError(
    `'${text}' is no cgroup: expected a path like /system.slice/ssh.service, or a name like ssh.service`,
  );
}

/**
 * Checks the id or the name of a container.
 *
 * @throws UsageError for a text that cannot be either
 */
function parseContainer(text: string): string {
  if (/^[\da-z][\w.-]*$/i.test(text)) return text;
  throw new UsageError(`'${text}' is neither a container's id nor a name that it can have`);
}
