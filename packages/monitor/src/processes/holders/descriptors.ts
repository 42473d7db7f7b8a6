import { opendirSync, readdirSync, readlinkSync, statSync } from 'node:fs';

/** Up to so many descriptors are listed at once. More than that are listed bit by bit. */
const LISTED_AT_ONCE = 256;

/**
 * The descriptors of a table of open files in ascending order, from /proc/PID/fd (proc_pid_fd(5)). A process
 * may have a hundred thousand, and to read their names alone takes 75 ms and more: those come bit by bit.
 *
 * @throws the error of the system call if the process is gone (see {@link isGone}) or may not be read
 */
export function descriptors(table: string): Iterable<string> {
  const count = openFiles(table);
  if (count === 0) return [];
  return count !== undefined && count <= LISTED_AT_ONCE ? readdirSync(table) : bitByBit(table);
}

function* bitByBit(directory: string): Generator<string, void> {
  const handle = opendirSync(directory, { bufferSize: 64 });
  try {
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) yield entry.name;
  } finally {
    handle.closeSync();
  }
}

let tellsSizes: boolean | undefined;

/** Since Linux 6.2 the size of /proc/PID/fd is the number of open files; before, it is 0 (proc_pid_fd(5)). */
function openFiles(directory: string): number | undefined {
  tellsSizes ??= statSync('/proc/self/fd').size > 0;
  return tellsSizes ? statSync(directory).size : undefined;
}

/**
 * The inode of the socket that a link of a table of open files leads to; undefined for what is not a socket or was closed.
 *
 * @throws the error of the system call if the process may not be read
 */
export function readSocketInode(link: string): number | undefined {
  try {
    return parseSocketLink(readlinkSync(link));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The inode in a link `socket:[INODE]` (proc_pid_fd(5)). No file can forge such a link: a path begins with `/`. */
export function parseSocketLink(text: string): number | undefined {
  const inode = /^socket:\[(\d+)\]$/.exec(text)?.[1];
  return inode === undefined ? undefined : Number(inode);
}

/** Whether an error means that a process, or a file of it in /proc, is no longer there. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ESRCH';
}
