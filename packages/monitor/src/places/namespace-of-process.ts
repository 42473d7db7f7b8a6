import { statSync } from 'node:fs';
import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { OtherNamespace } from '../kernel/namespaces/other-namespace.js';
import { PlaceError } from './place-error.js';
import type { LocalSite } from './site.js';

/** The inode of a namespace's file (namespaces(7)); undefined where it is gone, or this user may not know it. */
export function namespaceInode(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * The network namespace that a process is in. Every user may look into it through /proc, whoever's the process is.
 *
 * @param last what it was when it was last asked for, which is given back where that is still so
 * @throws PlaceError where the process has ended
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
