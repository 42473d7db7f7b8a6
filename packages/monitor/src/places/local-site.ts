import { statSync } from 'node:fs';
import { loadLibc } from '../kernel/load-libc.js';
import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { type NetworkNamespace, OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { OtherNamespace } from '../kernel/namespaces/other-namespace.js';
import { PlaceError } from './place-error.js';
import type { LocalSite } from './site.js';

/** The inode of a namespace's file (namespaces(7)); undefined if it is gone, or this user may not know it. */
export function namespaceInode(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * The network namespace that a process is in. Every user may look into it through /proc, whoever owns the process.
 *
 * @param place the name that its listeners get
 * @param last the site that the last call gave; it is given again if nothing changed
 * @throws PlaceError if the process has ended
 */
export function siteOfProcess(place: string, pid: number, last?: LocalSite): LocalSite {
  const tableInode = networkNamespaceOf(pid);
  if (tableInode === undefined) throw new PlaceError(place, `process ${pid} has ended`);
  const id = `table ${tableInode} of ${pid}`;
  if (last?.id === id) return last;
  const path = `/proc/${pid}/ns/net`;
  const namespace =
    tableInode === networkNamespaceOf('self')
      ? new OwnNamespace('/proc/net', place)
      : new OtherNamespace({ place, path, inode: namespaceInode(path), pid, tableInode });
  return { kind: 'local', place, id, namespace, tableInode, pids: [pid] };
}

/**
 * The network namespace that a file leads to.
 *
 * @param place the name that its listeners get
 * @param inode the inode of that file
 */
export function siteOfFile(place: string, path: string, inode: number): LocalSite {
  const isCurrent = inode === namespaceInode('/proc/thread-self/ns/net');
  const namespace = isCurrent
    ? new OwnNamespace('/proc/net', place)
    : new OtherNamespace({ place, path, inode });
  const tableInode = tableInodeWithin(namespace);
  return { kind: 'local', place, id: `net:[${inode}]`, namespace, tableInode, pids: [] };
}

/** Undefined if this user may not enter the namespace. */
function tableInodeWithin(namespace: NetworkNamespace): number | undefined {
  try {
    return namespace.within(loadLibc(), () => networkNamespaceOf('thread-self'));
  } catch {
    return undefined;
  }
}
