import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Unmounts everything that is mounted in a folder, then removes the folder. */
export function removeWithMounts(directory: string): void {
  for (const point of mountPoints()
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse()) {
    execFileSync('umount', [point]);
  }
  rmSync(directory, { recursive: true, force: true });
}

/** Removes a cgroup without processes, and the cgroups in it, from every hierarchy. */
export function removeCgroup(name: string): void {
  for (const root of mountPoints(/^cgroup2?$/)) removeEmpty(join(root, name));
}

/** Removes a folder that holds only empty folders. Does nothing if there is none, or a file is in it. */
function removeEmpty(directory: string): void {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) removeEmpty(join(directory, entry.name));
    }
    rmdirSync(directory);
  } catch {
    // Somebody else uses it.
  }
}

/** The paths at which file systems of a type are mounted (proc_pid_mountinfo(5)), in the order of mounting. */
function mountPoints(type = /./): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => type.test(line.split(' - ')[1]?.split(' ')[0] ?? ''))
    .map((line) => line.split(' ')[4] ?? '');
}
