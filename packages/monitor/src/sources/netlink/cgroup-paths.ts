import { readdirSync, statSync } from 'node:fs';
import { readMountinfo } from '../../kernel/mountinfo.js';
import { listPids } from '../../processes/list-pids.js';
import { readCgroupPath } from '../../processes/read-process.js';
import { runInSlices } from '../../timing/slices.js';

/**
 * How long to wait before a cgroup that was not found is searched for again. It was removed, or can't be seen from here, and
 * neither is likely to change.
 */
const RETRY_MS = 60_000;
/** The number of paths from which on those of cgroups that were removed are dropped. */
const PRUNE_AT = 4096;
/** The path of a cgroup that is not below the root of this cgroup namespace (cgroup_namespaces(7)). */
const OUTSIDE = /^\/\.\.(?:\/|$)/;

/**
 * Finds the paths of cgroups by their ids. The id of a cgroup (INET_DIAG_CGROUP_ID) is the inode of its directory in the
 * cgroup v2 hierarchy (kernfs, Documentation/admin-guide/cgroup-v2.rst).
 */
export class CgroupPaths {
  readonly #paths = new Map<number, string>();
  /** When each cgroup that was not found was searched for. */
  readonly #missing = new Map<number, number>();
  #searching: Promise<void> = Promise.resolve();
  #pruneAt = PRUNE_AT;

  /**
   * The path below the hierarchy's root, `/` for the root itself; null if no directory has that id, undefined if that takes a
   * search.
   */
  path(id: number): string | null | undefined {
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    const searchedAt = this.#missing.get(id);
    return searchedAt !== undefined && performance.now() - searchedAt < RETRY_MS ? null : undefined;
  }

  /** Searches for cgroups, in slices that never hold the event loop for long. A search that fails may be made again. */
  find(ids: ReadonlySet<number>): Promise<void> {
    // One after the other: what one learns, the next needs not search for.
    this.#searching = this.#searching.then(() => runInSlices(this.#search(ids))).catch(() => undefined);
    return this.#searching;
  }

  *#search(ids: ReadonlySet<number>): Generator<void, void> {
    if (this.#paths.size > this.#pruneAt) this.#paths.clear();
    const unknown = new Set([...ids].filter((id) => this.path(id) === undefined));
    const root = mountPoint();
    // At first there is everything to learn. Later a new cgroup is most likely that of a new process.
    if (root !== undefined && this.#paths.size > 0) yield* this.#askProcesses(root, unknown);
    if (root !== undefined && unknown.size > 0) yield* this.#walk(root, unknown);
    this.#pruneAt = Math.max(PRUNE_AT, 2 * this.#paths.size);
    this.#noteMissing(unknown);
  }

  /** The newest first, until all are found. */
  *#askProcesses(root: string, unknown: Set<number>): Generator<void, void> {
    const asked = new Set<string>();
    for (const pid of listPids()) {
      if (unknown.size === 0) return;
      const path = readCgroupPath(pid);
      if (path !== null && !asked.has(path) && !OUTSIDE.test(path)) {
        asked.add(path);
        this.#learn(root, path === '/' ? '' : path, unknown);
      }
      yield;
    }
  }

  *#walk(root: string, unknown: Set<number>): Generator<void, void> {
    const waiting = [''];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (this.#learn(root, path, unknown))
        for (const name of below(`${root}${path}`)) waiting.push(`${path}/${name}`);
      yield;
    }
  }

  #learn(root: string, path: string, unknown: Set<number>): boolean {
    try {
      const id = statSync(`${root}${path}`).ino;
      this.#paths.set(id, path === '' ? '/' : path);
      unknown.delete(id);
      return true;
    } catch {
      // It was removed meanwhile, or may not be read: its sockets stay without a path.
      return false;
    }
  }

  #noteMissing(unknown: ReadonlySet<number>): void {
    const now = performance.now();
    for (const [id, searchedAt] of this.#missing) if (now - searchedAt >= RETRY_MS) this.#missing.delete(id);
    for (const id of unknown) this.#missing.set(id, now);
  }
}

function below(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return []; // It was removed meanwhile, or may not be read.
  }
}

function mountPoint(): string | undefined {
  try {
    return readMountinfo().find(({ type }) => type === 'cgroup2')?.path;
  } catch {
    // Without /proc there are no cgroups to be found.
    return undefined;
  }
}
