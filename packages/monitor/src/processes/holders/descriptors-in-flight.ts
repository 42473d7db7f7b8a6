import { readlinkSync } from 'node:fs';
import { release } from 'node:os';
import { networkNamespaceOf } from '../../kernel/namespaces/namespace-identity.js';
import { listPids } from '../list-pids.js';
import { readProcFile } from '../read-proc-file.js';
import { descriptors } from './descriptors.js';
import { furtherFileTables, mainFileTable } from './file-tables.js';

/** The first version of Linux that tells of descriptors in flight: `scm_fds` in proc_pid_fdinfo(5). */
const TELLS_SINCE = [5, 6] as const;
/** `scm_fds` and `UserFiles` come within the first lines. */
const FDINFO_LIMIT = 4096;

/**
 * Looks whether files are open that no descriptor leads to: those that were sent through a unix socket (SCM_RIGHTS, unix(7))
 * and that nobody has received yet, and those that are registered with an io_uring alone. Yields wherever it may pause.
 *
 * @param namespace the {@link networkNamespaceOf} those who may hold such files; undefined for anybody
 * @returns true also if that can't be told
 */
export function* mayHaveDescriptorsInFlight(namespace: number | undefined): Generator<void, boolean> {
  if (!isTold()) return true;
  const seen = new Set<string>();
  for (const pid of listPids()) {
    yield;
    if (namespace !== undefined && networkNamespaceOf(pid) !== namespace) continue;
    for (const table of [mainFileTable(pid), ...known(furtherFileTables(pid))]) {
      for (const descriptor of openDescriptors(table)) {
        yield;
        const link = linkOf(`${table}/${descriptor}`);
        if (link === undefined || seen.has(link)) continue;
        if (link.startsWith('socket:')) seen.add(link);
        if (holdsFiles(readProcFile(`${table}info/${descriptor}`, FDINFO_LIMIT))) return true;
      }
    }
  }
  return false;
}

function isTold(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > TELLS_SINCE[0] || (major === TELLS_SINCE[0] && minor >= TELLS_SINCE[1]);
}

function known<T>(values: Iterable<T | undefined>): T[] {
  return [...values].filter((value) => value !== undefined);
}

function* openDescriptors(table: string): Generator<string, void> {
  try {
    yield* descriptors(table);
  } catch {
    // Gone, or it may not be read: then the search has said so.
  }
}

/** Where the link leads, if it is to something that may hold other files. */
function linkOf(path: string): string | undefined {
  try {
    const link = readlinkSync(path);
    return link.startsWith('socket:') || link === 'anon_inode:[io_uring]' ? link : undefined;
  } catch {
    return undefined;
  }
}

function holdsFiles(fdinfo: Buffer | null): boolean {
  return fdinfo !== null && /^(?:scm_fds|UserFiles):\s*[1-9]/m.test(fdinfo.toString('latin1'));
}
