import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { readNamespaceMounts } from '../kernel/namespaces/namespace-mounts.js';
import { listPids } from '../processes/list-pids.js';
import { namespaceInode } from './local-site.js';

/** A network namespace of this machine, and what leads to it. */
export interface ListedNamespace {
  /** The processes in it, the oldest first. */
  readonly pids: number[];
  /** The paths at which its file is mounted. */
  readonly mounts: string[];
  /** Its {@link networkNamespaceOf}; undefined if no process is in it. */
  readonly tableInode: number | undefined;
  /** The inode of its file; undefined if this user may not know it. */
  readonly inode: number | undefined;
}

/**
 * Lists every network namespace that a process is in (/proc/PID/ns/net) or that is mounted (as ip-netns(8) does).
 *
 * @returns each namespace once, by an id that tells it from the others that are there now
 * @throws the error of the system call, such as EMFILE: an incomplete list would mean that the others are gone
 */
export function listNamespaces(): Map<string, ListedNamespace> {
  const byTable = pidsByTable();
  const mounts = readNamespaceMounts();
  const namespaces = new Map<string, ListedNamespace>();
  for (const [tableInode, pids] of byTable) {
    const inode = inodeByPids(pids);
    const id = inode === undefined ? `table ${tableInode}` : `net:[${inode}]`;
    namespaces.set(id, { pids, mounts: mounts.get(inode ?? NaN) ?? [], tableInode, inode });
  }
  for (const [inode, paths] of mounts) {
    const id = `net:[${inode}]`;
    if (!namespaces.has(id)) namespaces.set(id, { pids: [], mounts: paths, tableInode: undefined, inode });
  }
  return namespaces;
}

function pidsByTable(): Map<number, number[]> {
  const byTable = new Map<number, number[]>();
  for (const pid of listPids().reverse()) {
    const table = networkNamespaceOf(pid);
    if (table === undefined) continue;
    const pids = byTable.get(table);
    if (pids === undefined) byTable.set(table, [pid]);
    else pids.push(pid);
  }
  return byTable;
}

/** The inode as the first process tells it whose namespace this user may know. */
function inodeByPids(pids: readonly number[]): number | undefined {
  for (const pid of pids) {
    const inode = namespaceInode(`/proc/${pid}/ns/net`);
    if (inode !== undefined) return inode;
  }
  return undefined;
}
