import type { Listener, ListenerSocket } from '../listener.js';
import type { Logger } from '../logger.js';
import type { Process } from '../processes/process.js';
import { processReader } from '../processes/system-process-reader.js';
import { Ancestry } from './ancestry.js';
import { CgroupPattern } from './cgroup-pattern.js';
import { EnvironmentValues } from './environment-values.js';
import type { ForkFeed, ForkFeedOptions } from './fork-feed.js';
import { checkOwnerRule, type OwnerRule } from './owner-rule.js';
import { ProcessTree, type Root } from './process-tree.js';

interface EnvironmentRule {
  readonly variable: string;
  readonly value: string | undefined;
  readonly name: string | undefined;
}

interface CgroupRule {
  readonly name: string;
  fits(cgroup: string | null, container: string | null): boolean;
}

export interface OwnersOptions {
  /**
   * Begins to follow forks, and throws when that can't be done here. Called once there is an owner with a pid. A single look
   * needs none.
   */
  readonly followForks?: (options: ForkFeedOptions) => ForkFeed;
  readonly logger?: Logger | undefined;
}

const NOBODY: readonly string[] = [];

/** Knows the owners, and tells which of them a listener or a process belongs to. */
export class Owners {
  readonly #logger: Logger | undefined;
  readonly #tree: ProcessTree;
  readonly #ancestry = new Ancestry((pid) => processReader().readStat(pid));
  readonly #values = new EnvironmentValues((pid, name) => processReader().environmentValue(pid, name));
  readonly #environmentRules = new Set<EnvironmentRule>();
  readonly #cgroupRules = new Set<CgroupRule>();
  readonly #roots = new Set<Root>();
  #feed: ForkFeed | undefined;
  /** Undefined once it was called. */
  #followForks: OwnersOptions['followForks'];

  constructor({ followForks, logger }: OwnersOptions = {}) {
    this.#followForks = followForks;
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
    if ('pid' in rule) return this.#addRoot(rule.name, rule.pid);
    if ('environment' in rule) return addTo(this.#environmentRules, environmentRule(rule));
    return addTo(this.#cgroupRules, cgroupRule(rule));
  }

  /** Gives the same listeners, with the owners that they have now. */
  attach(listeners: readonly Listener[]): readonly Listener[] {
    this.#feed?.drain();
    if (this.#isEmpty && listeners.every(({ owners }) => owners.length === 0)) return listeners;
    return listeners.map((listener) => {
      const owners = this.#namesFor(listener.processes ?? [], listener.sockets);
      return isEqual(owners, listener.owners) ? listener : { ...listener, owners };
    });
  }

  /** The names of the owners, nearest first: by ancestors, then by environment, then by cgroup. */
  #namesFor(processes: readonly Process[], sockets: readonly ListenerSocket[]): readonly string[] {
    if (this.#isEmpty) return NOBODY;
    const names = new Set<string>();
    for (const process of processes) for (const name of this.#rootsOf(process)) names.add(name);
    for (const process of processes) for (const name of this.#inEnvironment(process)) names.add(name);
    for (const { name, fits } of this.#cgroupRules) {
      if ([...sockets, ...processes].some(({ cgroup, container }) => fits(cgroup, container)))
        names.add(name);
    }
    return [...names];
  }

  /** The names of the owners of a process, regardless of the sockets that it holds. */
  ofProcess(process: Process): readonly string[] {
    return this.#namesFor([process], []);
  }

  async close(): Promise<void> {
    this.#followForks = undefined;
    await this.#feed?.close();
    this.#feed = undefined;
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

  #rootsOf(process: Process): string[] {
    if (this.#roots.size === 0) return [];
    return this.#tree.rootsOf(process, this.#ancestry.of(process)).map(({ name }) => name);
  }

  *#inEnvironment(process: Process): Generator<string, void> {
    for (const { variable, value, name } of this.#environmentRules) {
      const found = this.#values.get(process, variable);
      if (found === undefined || (value !== undefined && found !== value)) continue;
      yield name ?? `${variable}=${found}`;
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

function environmentRule(rule: Extract<OwnerRule, { environment: string }>): EnvironmentRule {
  const at = rule.environment.indexOf('=');
  const variable = at < 0 ? rule.environment : rule.environment.slice(0, at);
  return { variable, value: at < 0 ? undefined : rule.environment.slice(at + 1), name: rule.name };
}

function cgroupRule(rule: Exclude<OwnerRule, { pid: number } | { environment: string }>): CgroupRule {
  if ('container' in rule) {
    return { name: rule.name, fits: (_, container) => container?.startsWith(rule.container) ?? false };
  }
  const pattern = new CgroupPattern(rule.cgroup);
  return { name: rule.name, fits: (cgroup) => cgroup !== null && pattern.fits(cgroup) };
}

function addTo<Rule>(rules: Set<Rule>, rule: Rule): () => void {
  rules.add(rule);
  return () => void rules.delete(rule);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
