import { readFileSync } from 'node:fs';

/**
 * The network namespaces that are mounted where this process sees them, by the inode of their file.
 *
 * @throws the error of the system call, such as for want of descriptors: none to be seen is not none there
 */
export function readNamespaceMounts(): Map<number, string[]> {
  return parseNamespaceMounts(readFileSync('/proc/self/mountinfo', 'latin1'));
}

/**
 * Those in /proc/PID/mountinfo (proc_pid_mountinfo(5)): of the filesystem `nsfs`, whose root is `net:[INODE]`. Those of
 * ip-netns(8) come first. Blanks and backslashes in paths are octal there.
 */
export function parseNamespaceMounts(mountinfo: string): Map<number, string[]> {
  const mounts = new Map<number, string[]>();
  for (const line of mountinfo.split('\n')) {
    const [, inode, path] = /^\d+ \d+ \d+:\d+ net:\[(\d+)\] (\S+) .* - nsfs /.exec(line) ?? [];
    if (inode === undefined || path === undefined) continue;
    const text = path.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const paths = mounts.get(Number(inode)) ?? [];
    if (!paths.includes(text))
      mounts.set(Number(inode), [...paths, Buffer.from(text, 'latin1').toString('utf8')]);
  }
  for (const paths of mounts.values()) paths.sort((a, b) => depth(a) - depth(b));
  return mounts;
}

function depth(path: string): number {
  return path.startsWith('/run/netns/') ? 0 : 1;
}
