import type { OwnerRule } from '@portolan/monitor';

/** An owner that was asked for, under the name of the option that did: `--tree 123`. */
export type AskedOwner = OwnerRule & { readonly name: string };

/** The options that say whose listeners are wanted. */
export interface OwnerOptions {
  readonly tree?: number;
  readonly env?: string;
  readonly cgroup?: string;
  readonly container?: string;
}

/** What is an id of a container, or the beginning of one. */
const CONTAINER_ID = /^[\da-f]{4,64}$/;

/**
 * The owners that a listener must all have.
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
  const { containerId } = await import('../engine/container-id.js');
  return containerId(container);
}
