import { readdirSync, statSync } from 'node:fs';
import { loadLibc } from '../kernel/load-libc.js';
import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { type NetworkNamespace, OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { OtherNamespace } from '../kernel/namespaces/other-namespace.js';
import { namespaceInode } from './namespace-of-process.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import type { LocalSite } from './site.js';

/** Where ip-netns(8) keeps the namespaces that it names. */
export const NETNS_DIRECTORY = '/run/netns';

/** The place `netns:NAME`: a network namespace by its name for ip-netns(8), or by the path of its file. */
export class NetnsPlace implements Place {
  readonly name: string;
  readonly changes = true;
  readonly isMany = false;
  readonly #path: string;
  #last: LocalSite | undefined;

  /** @param netns a name, or a path that begins with a slash */
  constructor(netns: string) {
    this.name = `netns:${netns}`;
    this.#path = netns.startsWith('/') ? netns : `${NETNS_DIRECTORY}/${netns}`;
  }

  async find(): Promise<readonly LocalSite[]> {
    const inode = this.#inode();
    const id = `net:[${inode}]`;
    if (this.#last?.id !== id) this.#last = siteOfFile(this.name, this.#path, inode);
    return [this.#last];
  }

  async close(): Promise<void> {}

  #inode(): number {
    try {
      return statSync(this.#path).ino;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new PlaceError(
        this.name,
        code === 'ENOENT' ? `there is no ${this.#path}${hint()}` : `${this.#path} can't be seen (${code})`,
      );
    }
  }
}

/** The network namespace whose file that is. */
export function siteOfFile(place: string, path: string, inode: number): LocalSite {
  const isOwn = inode === namespaceInode('/proc/thread-self/ns/net');
  const namespace = isOwn ? new OwnNamespace('/proc/net', place) : new OtherNamespace({ place, path, inode });
  const tableInode = tableInodeWithin(namespace);
  return { kind: 'local', place, id: `net:[${inode}]`, namespace, tableInode, pids: [] };
}

/** Undefined for who may not enter it. */
function tableInodeWithin(namespace: NetworkNamespace): number | undefined {
  try {
    return namespace.within(loadLibc(), () => networkNamespaceOf('thread-self'));
  } catch {
    return undefined;
  }
}

/** What there is instead. */
function hint(): string {
  try {
    const names = readdirSync(NETNS_DIRECTORY);
    return names.length === 0
      ? ''
      : `; ip netns knows ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  } catch {
    return '';
  }
}
