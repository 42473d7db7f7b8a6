import { UsageError } from '../usage-error.js';

/**
 * Checks the path of a cgroup, or the name of one.
 *
 * @throws UsageError for a path that does not begin at the root
 */
export function parseCgroup(text: string): string {
  if (/^(?:\/|[^/]+$)/.test(text)) return text;
  throw new UsageError(
    `'${text}' is no cgroup: expected a path like /system.slice/ssh.service, or a name like ssh.service`,
  );
}
