import { readdirSync, statfsSync, statSync } from 'node:fs';
import { siteOfFile } from './local-site.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import type { LocalSite } from './site.js';

/** The type of the file system that namespaces are files of (include/uapi/linux/magic.h). */
const NSFS_MAGIC = 0x6e736673;

/** The folder in which ip-netns(8) mounts the namespaces that it names. */
export const NETNS_DIRECTORY = '/run/netns';

/** The place `netns:NAME`: the network namespace that has that name for ip-netns(8) now, or that a path leads to. */
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
      // Before it is opened: to open a device may do something, and to open a pipe waits for its writer.
      if (statfsSync(this.#path).type !== NSFS_MAGIC)
        throw new PlaceError(this.name, 'that is no network namespace');
      return statSync(this.#path).ino;
    } catch (error) {
      if (error instanceof PlaceError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new PlaceError(
        this.name,
        code === 'ENOENT' ? `there is no ${this.#path}${hint()}` : `${this.#path} can't be seen (${code})`,
      );
    }
  }
}

/** Names the namespaces that there are, as the end of a message. */
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
