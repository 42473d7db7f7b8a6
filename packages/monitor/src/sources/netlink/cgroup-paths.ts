import { readdirSync, statSync } from 'node:fs';
import { readMountinfo } from '../../kernel/mountinfo.js';

/** How long to wait before a cgroup that was not found is searched for again. */
const RETRY_MS = 1000;
/** How long a search holds for every cgroup: a look asks for all that can't be seen from here one after the other. */
const FRESH_MS = 50;

/**
 * Finds the paths of cgroups by their ids. The id of a cgroup (INET_DIAG_CGROUP_ID) is the inode of its directory in the
 * cgroup v2 hierarchy (kernfs, Documentation/admin-guide/cgroup-v2.rst).
 */
export class CgroupPaths {
  #paths = new Map<number, string>();
  #searchedAt = Number.NEGATIVE_INFINITY;
  /** When each cgroup that was not found was searched for. */
  #missing = new Map<number, number>();

  /** The path below the hierarchy's root, `/` for the root itself; null when no directory has that id. */
  path(id: number): string | null {
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    const now = performance.now();
    if (now - (this.#missing.get(id) ?? Number.NEGATIVE_INFINITY) < RETRY_MS) return null;
    if (now - this.#searchedAt >= FRESH_MS) this.#search();
    const path = this.#paths.get(id);
    if (path === undefined) this.#missing.set(id, now);
    return path ?? null;
  }

  #search(): void {
    this.#paths = search(mountPoint());
    this.#searchedAt = performance.now();
    this.#missing = new Map([...this.#missing].filter(([, at]) => this.#searchedAt - at < RETRY_MS));
  }
}

function search(root: string | undefined): Map<number, string> {
  const paths = new Map<number, string>();
  const waiting = root === undefined ? [] : [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    try {
      paths.set(statSync(`${root}${path}`).ino, path === '' ? '/' : path);
      for (const entry of readdirSync(`${root}${path}`, { withFileTypes: true })) {
        if (entry.isDirectory()) waiting.push(`${path}/${entry.name}`);
      }
    } catch {
      // It was removed meanwhile, or may not be read: its sockets stay without a path.
    }
  }
  return paths;
}

function mountPoint(): string | undefined {
  try {
    return readMountinfo().find(({ type }) => type === 'cgroup2')?.path;
  } catch {
    // Without /proc there are no cgroups to be found.
    return undefined;
  }
}
