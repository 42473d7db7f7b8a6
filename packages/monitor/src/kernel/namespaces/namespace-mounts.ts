import { type Mount, readMountinfo } from '../mountinfo.js';

/**
 * Reads which network namespaces this process sees mounted.
 *
 * @returns the paths of each, by the inode of the namespace's file
 * @throws the error of the system call, such as EMFILE: an empty answer would mean that there are none
 */
export function readNamespaceMounts(): Map<number, string[]> {
  return namespaceMounts(readMountinfo());
}

/** Finds the network namespaces among mounts (fs/nsfs.c). The paths of ip-netns(8) come first. */
export function namespaceMounts(mounts: readonly Mount[]): Map<number, string[]> {
  const byInode = new Map<number, string[]>();
  for (const { root, path, type } of mounts) {
    const [, inode] = /^net:\[(\d+)\]$/.exec(root) ?? [];
    if (inode === undefined || type !== 'nsfs') continue;
    const paths = byInode.get(Number(inode)) ?? [];
    if (!paths.includes(path)) byInode.set(Number(inode), [...paths, path]);
  }
  for (const paths of byInode.values()) paths.sort((a, b) => depth(a) - depth(b));
  return byInode;
}

function depth(path: string): number {
  return path.startsWith('/run/netns/') ? 0 : 1;
}
