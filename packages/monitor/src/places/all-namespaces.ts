import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { readNamespaceMounts } from '../kernel/namespaces/namespace-mounts.js';
import { OtherNamespace } from '../kernel/namespaces/other-namespace.js';
import { listPids } from '../processes/list-pids.js';
import { readContainer } from '../processes/read-process.js';
import { namespaceInode, siteOfProcess } from './namespace-of-process.js';
import { NETNS_DIRECTORY, siteOfFile } from './netns-place.js';
import type { Place } from './place.js';
import { selfSite } from './self-place.js';
import type { LocalSite } from './site.js';

/** The name of a container's place, `docker:web`, by the container's id; undefined where no engine knows it. */
type NameContainer = (id: string, signal?: AbortSignal) => Promise<string | undefined>;

/** A network namespace that was found, and where. */
interface Found {
  /** Of its processes, the oldest first. */
  readonly pids: number[];
  readonly mounts: string[];
  readonly tableInode: number | undefined;
  readonly inode: number | undefined;
}

/**
 * The place `all`: every network namespace of the machine that a process is in (/proc/PID/ns/net) or that is mounted (as
 * ip-netns(8) does), each once. It is named by its container, else by its name for ip-netns, else by one of its processes,
 * and keeps that name for as long as it is there.
 */
export class AllNamespaces implements Place {
  readonly name = 'all';
  readonly changes = true;
  readonly isMany = true;
  readonly #nameContainer: NameContainer;
  /** By what tells one from another at the time. */
  #sites = new Map<string, LocalSite>();
  /** How many took the place of one that was lost. */
  #successors = 0;

  constructor(nameContainer: NameContainer) {
    this.#nameContainer = nameContainer;
  }

  async find(signal?: AbortSignal): Promise<readonly LocalSite[]> {
    const sites = new Map<string, LocalSite>();
    const fresh: [id: string, found: Found][] = [];
    const byTable = new Map([...this.#sites.values()].map((site) => [site.tableInode, site]));
    for (const [id, found] of search()) {
      // An ordinary user can tell the one by its file while it has a process of his, and by its tables always.
      const known = this.#sites.get(id) ?? (found.tableInode && byTable.get(found.tableInode));
      if (!known || isLost(known)) fresh.push([id, found]);
      else sites.set(id, updated(known, found));
    }
    const taken = new Set([...sites.values()].map(({ place }) => place));
    for (const [id, found] of fresh) {
      const isSuccessor = this.#sites.has(id);
      const site = await this.#siteOf(isSuccessor ? `${id} ${++this.#successors}` : id, found, taken, signal);
      if (site === undefined) continue;
      sites.set(id, site);
      taken.add(site.place);
    }
    this.#sites = sites;
    return [...sites.values()];
  }

  async close(): Promise<void> {
    this.#sites = new Map();
  }

  async #siteOf(
    id: string,
    found: Found,
    taken: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<LocalSite | undefined> {
    if (found.tableInode !== undefined && found.tableInode === networkNamespaceOf('self'))
      return { ...selfSite(), id };
    const names = [...found.mounts.map(netnsName), ...found.pids.slice(0, 1).map((pid) => `pid:${pid}`)];
    const container = await this.#containerName(found.pids, signal);
    if (container !== undefined) names.unshift(container);
    const place = names.find((name) => !taken.has(name)) ?? id;
    return siteOfFound(place, id, found);
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

/** What there is, by what tells one from another. */
function search(): Map<string, Found> {
  const byTable = new Map<number, number[]>();
  for (const pid of listPids().reverse()) {
    const table = networkNamespaceOf(pid);
    if (table === undefined) continue;
    const pids = byTable.get(table);
    if (pids === undefined) byTable.set(table, [pid]);
    else pids.push(pid);
  }
  const mounts = readNamespaceMounts();
  const found = new Map<string, Found>();
  for (const [tableInode, pids] of byTable) {
    const inode = inodeOf(pids);
    const id = inode === undefined ? `table ${tableInode}` : `net:[${inode}]`;
    found.set(id, { pids, mounts: mounts.get(inode ?? NaN) ?? [], tableInode, inode });
  }
  for (const [inode, paths] of mounts) {
    const id = `net:[${inode}]`;
    if (!found.has(id)) found.set(id, { pids: [], mounts: paths, tableInode: undefined, inode });
  }
  return found;
}

/** Of the first process that may be asked. */
function inodeOf(pids: readonly number[]): number | undefined {
  for (const pid of pids) {
    const inode = namespaceInode(`/proc/${pid}/ns/net`);
    if (inode !== undefined) return inode;
  }
  return undefined;
}

function siteOfFound(place: string, id: string, { pids, mounts, inode }: Found): LocalSite | undefined {
  const [pid] = pids;
  try {
    if (pid !== undefined) return { ...siteOfProcess(place, pid), id, pids };
    // A mount that another one was put over is listed as well, and its path leads elsewhere.
    const path = mounts.find((each) => namespaceInode(each) === inode);
    return path === undefined || inode === undefined ? undefined : siteOfFile(place, path, inode);
  } catch {
    return undefined; // It has ended since.
  }
}

/** The same site, reached through whoever is left in it. */
function updated(site: LocalSite, { pids, mounts, tableInode, inode }: Found): LocalSite {
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
