import { readFileSync } from 'node:fs';

/** One mount, as far as it matters here. */
export interface Mount {
  /** What of the file system is mounted: `/` for all of it, `net:[4026532177]` for a namespace. */
  readonly root: string;
  readonly path: string;
  /** The type of the file system, such as `cgroup2`. */
  readonly type: string;
  /** The options of the file system, with commas between them. */
  readonly superOptions: string;
}

/**
 * Reads what this process sees mounted, in the order in which it was mounted.
 *
 * @throws the error of the system call
 */
export function readMountinfo(): Mount[] {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'latin1'));
}

/**
 * Parses /proc/PID/mountinfo (proc_pid_mountinfo(5); show_mountinfo(), fs/proc_namespace.c). Lines that are none are passed
 * over.
 *
 * @param text the file's bytes, each as a character of Latin-1
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const [, root = '', path = '', type = '', superOptions = ''] of text.matchAll(LINE))
    mounts.push({ root: unescaped(root), path: unescaped(path), type, superOptions });
  return mounts;
}

/** Any number of optional fields stands before the hyphen. */
const LINE = /^\d+ \d+ \d+:\d+ ([^ \n]+) ([^ \n]+)(?: [^ \n]+)+ - ([^ \n]+) [^ \n]*(?: ([^ \n]*))?/gm;

/** Blanks and backslashes are octal (mangle(), fs/proc_namespace.c); a path is UTF-8 as a rule. */
function unescaped(text: string): string {
  // Most paths are plain, and a machine of containers has thousands of them.
  if (!/[\\\x80-\xff]/.test(text)) return text;
  const bytes = text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
