import { type Mount, readMountinfo } from '../../../kernel/mountinfo.js';

const USUAL = '/sys/kernel/tracing';

/**
 * Where tracefs is mounted, the usual path first; undefined when it is not. Nothing is mounted to find it.
 *
 * @throws the error of the system call
 */
export async function findTracefs(): Promise<string | undefined> {
  const paths = tracefsPaths(readMountinfo());
  return paths.includes(USUAL) ? USUAL : paths[0];
}

/** The paths at which all of a tracefs is mounted. */
export function tracefsPaths(mounts: readonly Mount[]): string[] {
  return mounts.filter(({ type, root }) => type === 'tracefs' && root === '/').map(({ path }) => path);
}
