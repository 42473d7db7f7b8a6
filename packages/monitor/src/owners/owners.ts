import type { Listener } from '../listener.js';
import type { Logger } from '../logger.js';
import { NO_OWNERS, type Process } from '../processes/process.js';
import { processReader } from '../processes/system-process-reader.js';
import type { ForkFeed, ForkFeedOptions } from './fork-feed.js';
import { ancestorsOfKnown, type KnownProcess, KnownProcesses, type ReadStat } from './known-processes.js';
import { namesOf, type OwnersInOrder } from './owner-order.js';
import { checkOwnerRule, type OwnerRule } from './owner-rule.js';
import { type CgroupRule, cgroupRule, type EnvironmentRule, environmentRule } from './owner-rule-tests.js';
import { type ProcessIdentity, ProcessTree, type Root } from './process-tree.js';

export interface OwnersOptions {
  /**
   * Begins to follow forks, and throws when that can't be done here. Called once there is an owner with a pid. A single look
   * needs none.
   */
  readonly followForks?: (options: ForkFeedOptions) => ForkFeed;
  /**
   * Called if listeners may have other owners than were attached to them: soon after rules came or went, once for all that
   * did so meanwhile, and before owners are attached to anything else.
   */
  readonly onOutdated?: () => void;
  readonly logger?: Logger | undefined;
}

/** A process with its owners. */
interface OwnedProcess {
  readonly process: Process;
  readonly inOrder: OwnersInOrder;
}

/** Knows the owners, and tells which of them a listener or a process belongs to. */
export class Owners {
  readonly #logger: Logger | undefined;
  readonly #tree: ProcessTree;
  readonly #processes = new KnownProcesses(processReader);
  readonly #environmentRules = new Set<EnvironmentRule>();
  readonly #cgroupRules = new Set<CgroupRule>();
  readonly #roots = new Set<Root>();
  #feed: ForkFeed | undefined;
  /** Undefined once it was called. */
  #followForks: OwnersOptions['followForks'];
  readonly #onOutdated: OwnersOptions['onOutdated'];
  #isOutdated = false;
  #isTelling = false;

  constructor({ followForks, onOutdated, logger }: OwnersOptions = {}) {
    this.#followForks = followForks;
    this.#onOutdated = onOutdated;
    this.#logger = logger;
    this.#tree = new ProcessTree({
      readStat: (pid) => processReader().readStat(pid),
      childrenOf: (pid) => processReader().childrenOf(pid),
    });
  }

  /**
   * Adds an owner.
   *
   * @returns a function that takes the owner away again
   * @throws OwnerRuleError when the rule can't be followed
   */
  add(rule: OwnerRule): () => void {
    checkOwnerRule(rule);
    const remove = this.#add(rule);
    this.#outdate();
    return () => {
      remove();
      this.#outdate();
    };
  }

  /** Has told now, if it was not told yet, that listeners may have other owners. */
  tellOutdated(): void {
    // Whoever is told may add rules: that is told afterwards.
    if (!this.#isOutdated || this.#isTelling) return;
    this.#isOutdated = false;
    this.#isTelling = true;
    try {
      this.#onOutdated?.();
    } finally {
      this.#isTelling = false;
    }
  }

  /**
   * Gives the same listeners, with the owners that they and their processes have now, in the order of {@link OwnersInOrder}.
   * A listener has the owners of all its processes, and those of its sockets' cgroups.
   */
  attach(listeners: readonly Listener[]): readonly Listener[] {
    this.tellOutdated();
    this.#feed?.drain();
    if (this.#isEmpty && listeners.every(({ owners }) => owners.length === 0)) return listeners;
    // Thousands of listeners may be of one process.
    const owned = new Map<Process, OwnedProcess>();
    const readStat = readOnce();
    const ownedOnce = (process: Process): OwnedProcess => {
      const known = owned.get(process) ?? this.#owned(process, readStat);
      owned.set(process, known);
      return known;
    };
    return listeners.map((listener) => {
      const processes = (listener.processes ?? []).map(ownedOnce);
      return withOwners(listener, processes, this.#namesFor(listener, processes));
    });
  }

  /** The names of the owners of a process, regardless of the sockets that it holds. */
  ofProcess(process: Process): readonly string[] {
    return this.#owned(process, readOnce()).process.owners;
  }

  #owned(process: Process, readStat: ReadStat): OwnedProcess {
    const isByProcess = this.#roots.size > 0 || this.#mayBeMarked;
    const known = isByProcess ? this.#processes.of(process, readStat, () => this.#variables()) : undefined;
    const inOrder = {
      ...this.#treesAbove(process, known),
      marks: this.#marksOf(known),
      cgroups: this.#cgroupsOf([process]),
    };
    const owners = namesOf([inOrder]);
    if (known !== undefined) this.#noteOwners(known, owners);
    if (isEqual(owners, process.owners)) return { process, inOrder };
    const copy = { ...process, owners };
    this.#processes.copied(process, copy);
    return { process: copy, inOrder };
  }

  #treesAbove(
    process: Process,
    known: KnownProcess | undefined,
  ): Pick<OwnersInOrder, 'livingTree' | 'formerTree'> {
    if (known === undefined || this.#roots.size === 0)
      return { livingTree: NO_OWNERS, formerTree: NO_OWNERS };
    const livingTree: string[] = [];
    const formerTree: string[] = [];
    for (const root of this.#tree.rootsOf(process, ancestorsOfKnown(known))) {
      const isAlive = known.living.some((each) => isSame(each, root));
      (isAlive ? livingTree : formerTree).push(root.name);
    }
    return { livingTree, formerTree };
  }

  /** A process has one truth: if it was found with other owners, its other listeners have them too. */
  #noteOwners(known: KnownProcess, owners: readonly string[]): void {
    const differ = known.owners !== undefined && !isEqual(known.owners, owners);
    // All of its listeners are seen to at the moment if somebody was just told that they are out of date.
    if (differ && !this.#isTelling) this.#outdate();
    known.owners = owners;
  }

  #variables(): ReadonlySet<string> {
    return new Set([...this.#environmentRules].map(({ variable }) => variable));
  }

  #marksOf(known: KnownProcess | undefined): readonly string[] {
    if (known === undefined || !this.#mayBeMarked) return NO_OWNERS;
    const marks: { readonly name: string; readonly distance: number }[] = [];
    for (const { variable, value, name } of this.#environmentRules) {
      const mark = this.#processes.nearestMark(known, variable);
      if (mark === undefined || (value !== undefined && mark.value !== value)) continue;
      marks.push({ name: name ?? `${variable}=${mark.value}`, distance: mark.distance });
    }
    return marks.sort((a, b) => a.distance - b.distance).map(({ name }) => name);
  }

  #cgroupsOf(holders: readonly Pick<Process, 'cgroup' | 'container'>[]): readonly string[] {
    if (this.#cgroupRules.size === 0) return NO_OWNERS;
    const fitting = [...this.#cgroupRules].filter(({ fits }) =>
      holders.some(({ cgroup, container }) => fits(cgroup, container)),
    );
    return fitting.map(({ name }) => name);
  }

  #namesFor({ sockets }: Listener, processes: readonly OwnedProcess[]): readonly string[] {
    const cgroups = this.#cgroupsOf(sockets);
    const [first] = processes;
    if (first !== undefined && processes.length === 1 && cgroups.length === 0) return first.process.owners;
    return namesOf(
      processes.map(({ inOrder }) => inOrder),
      cgroups,
    );
  }

  async close(): Promise<void> {
    this.#followForks = undefined;
    await this.#feed?.close();
    this.#feed = undefined;
  }

  /** Soon, so that whoever adds a rule has it in hand before anything is told. */
  #outdate(): void {
    if (this.#isOutdated || this.#onOutdated === undefined) return;
    this.#isOutdated = true;
    queueMicrotask(() => this.tellOutdated());
  }

  #add(rule: OwnerRule): () => void {
    if ('pid' in rule) return this.#addRoot(rule.name, rule.pid);
    if ('environment' in rule) return addTo(this.#environmentRules, environmentRule(rule));
    return addTo(this.#cgroupRules, cgroupRule(rule));
  }

  get #mayBeMarked(): boolean {
    return this.#environmentRules.size > 0 && processReader().readsProc;
  }

  get #isEmpty(): boolean {
    return this.#roots.size + this.#environmentRules.size + this.#cgroupRules.size === 0;
  }

  #addRoot(name: string, pid: number): () => void {
    this.#follow();
    const root: Root = { name, pid, startTicks: processReader().readStat(pid)?.startTicks ?? null };
    this.#roots.add(root);
    // Its own fork must be told first: a new process is below its parent alone.
    this.#feed?.drain();
    // A process that has ended owns nothing, and a later process with its pid is another one.
    if (root.startTicks !== null) this.#tree.add(root);
    return () => {
      this.#roots.delete(root);
      this.#tree.remove(root);
    };
  }

  /** Called before the first root is looked at, so that no fork falls between. */
  #follow(): void {
    const followForks = this.#followForks;
    if (followForks === undefined) return;
    this.#followForks = undefined;
    try {
      this.#feed = followForks({
        onFork: (fork) => this.#tree.forked(fork),
        onCaughtUp: () => this.#tree.caughtUp(),
        onLoss: () => this.#tree.lost(),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger?.debug(`forks can't be followed, what is detached is known by its environment: ${reason}`);
    }
  }
}

/**
 * Gives the names of a process's owners, nearest first. A listener's owners are the owners of all its processes and sockets
 * together.
 *
 * @throws OwnerRuleError when a rule can't be followed
 */
export function ownersOf(process: Process, rules: readonly OwnerRule[]): readonly string[] {
  const owners = new Owners();
  for (const rule of rules) owners.add(rule);
  return owners.ofProcess(process);
}

/** Reads each process once: thousands of processes have a handful of ancestors. */
function readOnce(): ReadStat {
  const read = new Map<number, ReturnType<ReadStat>>();
  return (pid) => {
    const known = read.get(pid);
    if (known !== undefined) return known;
    const stat = processReader().readStat(pid);
    read.set(pid, stat);
    return stat;
  };
}

function addTo<Rule>(rules: Set<Rule>, rule: Rule): () => void {
  rules.add(rule);
  return () => void rules.delete(rule);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

function withOwners(listener: Listener, owned: readonly OwnedProcess[], owners: readonly string[]): Listener {
  const isUnchanged = owned.every(({ process }, i) => process === listener.processes?.[i]);
  if (isUnchanged && isEqual(owners, listener.owners)) return listener;
  const processes = isUnchanged ? listener.processes : owned.map(({ process }) => process);
  return { ...listener, processes, owners };
}
