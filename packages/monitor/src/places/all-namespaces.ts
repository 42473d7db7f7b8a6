import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { OtherNamespace } from '../kernel/namespaces/other-namespace.js';
import { readContainer } from '../processes/read-process.js';
import { type ListedNamespace, listNamespaces } from './list-namespaces.js';
import { namespaceInode, siteOfFile, siteOfProcess } from './local-site.js';
import { NETNS_DIRECTORY } from './netns-place.js';
import type { Place } from './place.js';
import { selfSite } from './self-place.js';
import type { LocalSite } from './site.js';

/** Gives a container's name as a place, `docker:web`, by the container's id; undefined if no engine knows the id. */
type NameContainer = (id: string, signal?: AbortSignal) => Promise<string | undefined>;

/**
 * The place `all`: a site for each network namespace of the machine ({@link listNamespaces}). A site is named after its
 * container, else after its name for ip-netns(8), else after one of its processes. It keeps that name for as long as it is
 * there.
 */
export class AllNamespaces implements Place {
  readonly name = 'all';
  readonly changes = true;
  readonly isMany = true;
  readonly #nameContainer: NameContainer;
  /** The sites that the last call found, by the ids of {@link listNamespaces}. */
  #sites = new Map<string, LocalSite>();
  /** How many sites took the id of a site that was lost. */
  #successors = 0;

  constructor(nameContainer: NameContainer) {
    this.#nameContainer = nameContainer;
  }

  async find(signal?: AbortSignal): Promise<readonly LocalSite[]> {
    const sites = new Map<string, LocalSite>();
    const added: [id: string, namespace: ListedNamespace][] = [];
    const byTable = new Map([...this.#sites.values()].map((site) => [site.tableInode, site]));
    for (const [id, namespace] of listNamespaces()) {
      // An ordinary user knows a namespace's file while a process of theirs is in it, and its tables always.
      const site = this.#sites.get(id) ?? (namespace.tableInode && byTable.get(namespace.tableInode));
      if (!site || isLost(site)) added.push([id, namespace]);
      else sites.set(id, updated(site, namespace));
    }
    const takenNames = new Set([...sites.values()].map(({ place }) => place));
    for (const [id, namespace] of added) {
      const isSuccessor = this.#sites.has(id);
      const siteId = isSuccessor ? `${id} ${++this.#successors}` : id;
      const site = await this.#siteOf(siteId, namespace, takenNames, signal);
      if (site === undefined) continue;
      sites.set(id, site);
      takenNames.add(site.place);
    }
    this.#sites = sites;
    return [...sites.values()];
  }

  async close(): Promise<void> {
    this.#sites = new Map();
  }

  async #siteOf(
    id: string,
    namespace: ListedNamespace,
    takenNames: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<LocalSite | undefined> {
    const { pids, mounts, tableInode } = namespace;
    if (tableInode !== undefined && tableInode === networkNamespaceOf('self')) return { ...selfSite(), id };
    const names = [...mounts.map(netnsName), ...pids.slice(0, 1).map((pid) => `pid:${pid}`)];
    const container = await this.#containerName(pids, signal);
    if (container !== undefined) names.unshift(container);
    const place = names.find((name) => !takenNames.has(name)) ?? id;
    return siteOfNamespace(place, id, namespace);
  }

  async #containerName(
    pids: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const [oldest] = pids;
    const id = oldest === undefined ? null : readContainer(oldest);
    return id === null ? undefined : this.#nameContainer(id, signal);
  }
}

/** Undefined if the namespace has ended since it was listed. */
function siteOfNamespace(
  place: string,
  id: string,
  { pids, mounts, inode }: ListedNamespace,
): LocalSite | undefined {
  const [pid] = pids;
  try {
    if (pid !== undefined) return { ...siteOfProcess(place, pid), id, pids };
    // If another file system was mounted over a mount, the mount is still listed, but its path leads elsewhere.
    const path = mounts.find((each) => namespaceInode(each) === inode);
    return path === undefined || inode === undefined ? undefined : { ...siteOfFile(place, path, inode), id };
  } catch {
    return undefined;
  }
}

/** The same site. If what led to it has gone, it is reached through another process or mount from now on. */
function updated(site: LocalSite, { pids, mounts, tableInode, inode }: ListedNamespace): LocalSite {
  const { namespace } = site;
  site.pids = pids;
  if (namespace instanceof OtherNamespace && !isReachable(namespace, pids)) {
    const [pid] = pids;
    const path = pid === undefined ? mounts[0] : `/proc/${pid}/ns/net`;
    if (path !== undefined) namespace.access = { place: site.place, path, inode, pid, tableInode };
  }
  return site;
}

function isLost({ namespace }: LocalSite): boolean {
  return namespace instanceof OtherNamespace && namespace.isLost;
}

function isReachable({ access }: OtherNamespace, pids: readonly number[]): boolean {
  return access.pid !== undefined ? pids.includes(access.pid) : pids.length === 0;
}

function netnsName(path: string): string {
  const [, name] = new RegExp(`^${NETNS_DIRECTORY}/([^/]+)$`).exec(path) ?? [];
  return `netns:${name ?? path}`;
}
