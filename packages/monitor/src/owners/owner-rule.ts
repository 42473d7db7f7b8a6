/** A rule for what belongs to an owner. */
export type OwnerRule =
  /** That process and all that descend from it, even if they are detached from it later. */
  | { readonly name: string; readonly pid: number }
  /**
   * Processes that were started with this in their environment: `NAME=value`, or `NAME` with any value. Of a process without
   * the variable, its nearest ancestor that has it counts. Without a name each value is an owner of its own, called
   * `NAME=value`.
   */
  | { readonly name?: string; readonly environment: string }
  /**
   * What runs in this cgroup of the v2 hierarchy, or below it. It is a path that begins with a slash, or a cgroup's name,
   * such as a systemd unit's, anywhere in the hierarchy. In both, `*` stands for anything but a slash.
   */
  | { readonly name: string; readonly cgroup: string }
  /** What runs in the container with this id, or with an id that begins like this. */
  | { readonly name: string; readonly container: string };

/** A rule that can't be followed. */
export class OwnerRuleError extends Error {
  readonly code = 'ERR_PORTOLAN_OWNER_RULE';
  override readonly name = 'OwnerRuleError';
}

/**
 * Checks a rule.
 *
 * @throws OwnerRuleError when it can't be followed, with what is wrong
 */
export function checkOwnerRule(rule: OwnerRule): void {
  const named = rule.name !== undefined && rule.name !== '';
  if (!named && !('environment' in rule && rule.name === undefined))
    throw new OwnerRuleError('an owner needs a name');
  if ('pid' in rule && !(Number.isSafeInteger(rule.pid) && rule.pid > 0))
    throw new OwnerRuleError(`the pid of an owner must be a positive whole number, not ${rule.pid}`);
  if ('environment' in rule && !/^[^=\0]+(?:=[^\0]*)?$/.test(rule.environment))
    throw new OwnerRuleError(
      `the environment of an owner must be NAME or NAME=value, not ${JSON.stringify(rule.environment)}`,
    );
  if ('cgroup' in rule && !/^(?:\/|[^/]+$)/.test(rule.cgroup))
    throw new OwnerRuleError(
      `the cgroup of an owner must be a path that begins with /, or a name without one, not ${JSON.stringify(rule.cgroup)}`,
    );
  if ('container' in rule && !/^[0-9a-f]{4,64}$/.test(rule.container))
    throw new OwnerRuleError(
      `the container of an owner must be its id or the first four digits of it or more, not ${JSON.stringify(rule.container)}`,
    );
}
