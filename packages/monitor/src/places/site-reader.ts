import { type Listener, type ListenerSocket, SELF } from '../listener.js';
import type { Logger } from '../logger.js';
import type { Owners } from '../owners/owners.js';
import type { Opener } from '../processes/holders/opener.js';
import type { SeenProcess } from '../processes/process.js';
import { type ChainAnswer, SourceChain } from '../sources/chain.js';
import { createSources } from '../sources/create-sources.js';
import type { Source, SourceName } from '../sources/source.js';
import { UnsupportedSource } from '../sources/unsupported-source.js';
import { type AttachOptions, attachProcesses } from './attach-processes.js';
import { processesElsewhere } from './elsewhere/processes-elsewhere.js';
import type { SharedSearch } from './shared-search.js';
import type { Site } from './site.js';

/** How to look. */
export interface ReaderOptions {
  /** The sources to try, in this order; `auto` (the default) is netlink, proc, ss, and on macOS lsof. */
  readonly sources?: 'auto' | readonly SourceName[] | undefined;
  /** Whether to find the processes behind the sockets; by default on this machine, and not elsewhere, where it costs more. */
  readonly processes?: boolean | undefined;
  /** Is told why a source failed. */
  readonly logger?: Logger | undefined;
}

/** What the readers of several sites share. */
export interface SharedByReaders {
  readonly owners?: Owners | undefined;
  /** One search for processes that serves several sites. */
  readonly search?: SharedSearch | undefined;
}

const NOBODY: ReadonlyMap<number, SeenProcess> = new Map();

/**
 * Reads one site, again and again: its sockets through the first source that works, then the processes behind them, then
 * whose they are. Whoever looks at ports looks through it.
 */
export class SiteReader {
  readonly site: Site;
  /** Whether the processes are those of this machine, so that this process may be among them. */
  readonly isLocal: boolean;
  /** Whether the processes behind the sockets are searched for. */
  readonly findsProcesses: boolean;
  readonly #chain: SourceChain;
  readonly #shared: SharedByReaders;
  /** What the source told of processes when it was looked through last. */
  #seen = NOBODY;
  /** Whether the sources were asked since that look. */
  #hasAskedBetween = false;

  constructor(site: Site, options: ReaderOptions = {}, shared: SharedByReaders = {}) {
    const { sources = 'auto', processes, logger } = options;
    this.site = site;
    this.isLocal = site.kind === 'local';
    this.findsProcesses = processes ?? this.isLocal;
    this.#chain = new SourceChain(sourcesAt(site, sources, processes === true), logger, site.place);
    this.#shared = shared;
  }

  /**
   * Looks once, without processes and owners. While nothing changes, `listeners` is the same array.
   *
   * @throws NoSourceError if no source works; the signal's reason if it was aborted
   */
  async look(signal?: AbortSignal): Promise<ChainAnswer> {
    this.#hasAskedBetween = false;
    const answer = await this.#chain.look(signal);
    this.#seen = answer.processes ?? NOBODY;
    return answer;
  }

  /** Whether a look would give the same answer as the last one; false if it takes a look to know. */
  isUnchanged(): boolean {
    return !this.#hasAskedBetween && this.#chain.isUnchanged();
  }

  /**
   * The same listeners, in the same order, with their processes, if these are searched for at all. Elsewhere the source has
   * told already what there is to know.
   *
   * @param openers those who are known to have opened them
   * @throws what made the search fail; the signal's reason if it was aborted
   */
  async attachProcesses(
    listeners: readonly Listener[],
    openers: readonly Opener[] = [],
    signal?: AbortSignal,
  ): Promise<readonly Listener[]> {
    const { site } = this;
    if (!this.findsProcesses || listeners.length === 0) return listeners;
    if (site.kind === 'elsewhere') return processesElsewhere(listeners, this.#seen);
    const namespaceOf = () => site.tableInode;
    const options: AttachOptions = { openers, likely: site.pids, seen: this.#seen, namespaceOf, signal };
    const attached = await (this.#shared.search ?? ALONE).attach(listeners, options);
    return attached.some(({ sockets }) => sockets.some(isKernels))
      ? this.#unlessClosed(attached, signal)
      : attached;
  }

  /** Those of these listeners that have some of their sockets still; all of them if no source tells. */
  async stillOpen(listeners: readonly Listener[], signal?: AbortSignal): Promise<readonly Listener[]> {
    const open = await this.#openInodes(signal);
    const isOpen = ({ inode }: ListenerSocket) => inode === null || open?.has(inode) === true;
    return open === undefined ? listeners : listeners.filter(({ sockets }) => sockets.some(isOpen));
  }

  /** The same listeners. What is the kernel's is so only if it is still open: a socket that nobody holds may have been closed. */
  async #unlessClosed(listeners: readonly Listener[], signal?: AbortSignal): Promise<readonly Listener[]> {
    const open = await this.#openInodes(signal);
    const checked = (socket: ListenerSocket): ListenerSocket =>
      isKernels(socket) && open?.has(socket.inode) !== true ? { ...socket, holder: null } : socket;
    return listeners.map((listener) =>
      listener.sockets.some(isKernels) ? { ...listener, sockets: listener.sockets.map(checked) } : listener,
    );
  }

  /** The inodes of the sockets that are open now; undefined if no source tells. */
  async #openInodes(signal?: AbortSignal): Promise<ReadonlySet<number | null> | undefined> {
    // What this answer brings is new to whoever looks next.
    this.#hasAskedBetween = true;
    const now = await this.#chain.look(signal).catch(() => undefined);
    signal?.throwIfAborted();
    return now && new Set(now.listeners.flatMap(({ sockets }) => sockets.map(({ inode }) => inode)));
  }

  /** The same listeners with their owners. Owners are processes of this machine, and so is what they own. */
  attachOwners(listeners: readonly Listener[]): readonly Listener[] {
    const { owners } = this.#shared;
    return owners === undefined || !this.isLocal ? listeners : owners.attach(listeners);
  }

  /** Lets go of what the sources hold. It may be looked through again. */
  close(): void {
    this.#chain.close();
  }
}

function isKernels({ holder }: ListenerSocket): boolean {
  return holder === 'kernel';
}

/** A search of one's own. */
const ALONE = { attach: attachProcesses };

/** @param processes whether a source elsewhere tells of processes too; here they are searched for apart from it */
function sourcesAt(site: Site, names: 'auto' | readonly SourceName[], processes: boolean): Source[] {
  if (site.kind === 'local') return createSources(names, site.place === SELF ? undefined : site.namespace);
  const chosen = names === 'auto' ? (['proc'] as const) : [...new Set(names)];
  return chosen.map((name) =>
    name === 'proc'
      ? site.createSource({ processes })
      : new UnsupportedSource(name, `elsewhere only the source proc can be asked, not ${name}`),
  );
}
