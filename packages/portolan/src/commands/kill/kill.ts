import {
  includesPort,
  type Listener,
  listenerKey,
  listListeners,
  ownersOf,
  type PortRange,
  type Process,
} from '@portolan/monitor';
import { maySignal, ownLineage } from '../../ending/end-process.js';
import { freePorts } from '../../ending/free-ports.js';
import { type Plan, planEnd, portText } from '../../ending/plan.js';
import { withPresentHolders } from '../../ending/present-holders.js';
import { ExitStatus } from '../../exit/exit-status.js';
import { Interruption } from '../../exit/interruption.js';
import { type AskedOwner, type ListenerFilter, matches } from '../../listeners/listener-filter.js';
import { UsageError } from '../../options/usage-error.js';
import { processText } from '../../render/process-name.js';
import { outputCanvas } from '../../render/table.js';
import { tell } from '../../render/tell.js';
import { ask } from './ask.js';
import type { KillOptions } from './kill-options.js';
import { alsoLines, renderTargetTable } from './target-table.js';

const DEFAULT_GRACE_MS = 5000;

/** Asks, ends what listens on the ports, and returns when the ports are free. */
export async function kill(
  ports: readonly PortRange[],
  filter: ListenerFilter,
  options: KillOptions,
): Promise<ExitStatus> {
  if (!options.yes) checkTerminal();

  const all = await lookAtAll(filter, options);
  const listeners = all.filter((listener) => matches(listener, filter));
  tellUnused(ports, listeners, filter);
  const plan = planFor(listeners, filter);
  for (const obstacle of plan.obstacles) tell(obstacle);
  if (plan.targets.length === 0) return ExitStatus.nothingMatched;

  process.stdout.write(renderTargetTable(plan.targets, plan.listeners, outputCanvas()));
  for (const line of alsoLines(plan.targets, plan.listeners, all)) process.stdout.write(`${line}\n`);
  return options.yes ? carryOut(plan, filter, options) : askAndCarryOut(plan, filter, options);
}

/** Asks, and asks again if somebody else holds the ports by the time of the answer. */
async function askAndCarryOut(
  asked: Plan,
  filter: ListenerFilter,
  options: KillOptions,
): Promise<ExitStatus> {
  const answer = await ask(question(asked.targets.length));
  if (answer === 'interrupted') return ExitStatus.interrupted;
  if (answer === 'no') return ExitStatus.nothingMatched;
  const present = planFor(await withPresentHolders(asked.listeners, { sources: options.source }), filter);
  const isNew = ({ pid, startTicks }: Process) =>
    !asked.targets.some((each) => each.pid === pid && each.startTicks === startTicks);
  for (const obstacle of present.obstacles) tell(obstacle);
  const plan = { ...present, obstacles: [...asked.obstacles, ...present.obstacles] };
  if (!plan.targets.some(isNew)) return carryOut({ ...plan, listeners: asked.listeners }, filter, options);
  tell('the processes behind these ports are others by now');
  process.stdout.write(renderTargetTable(plan.targets, plan.listeners, outputCanvas()));
  return askAndCarryOut(plan, filter, options);
}

function planFor(listeners: readonly Listener[], filter: ListenerFilter): Plan {
  return planEnd(listeners, {
    lineage: ownLineage(),
    isRoot: process.geteuid?.() === 0,
    maySignal,
    isAskedFor: (holder) => hasOwners(holder, filter.owners),
  });
}

function checkTerminal(): void {
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) return;
  const reason = stdin.isTTY ? 'its output is redirected' : 'there is no terminal to ask at';
  throw new UsageError(`kill asks first, and ${reason}: use --yes to end without asking`);
}

async function carryOut(plan: Plan, filter: ListenerFilter, options: KillOptions): Promise<ExitStatus> {
  const interruption = new Interruption();
  try {
    const { source: sources, grace: graceMs = DEFAULT_GRACE_MS } = options;
    // Whoever held the ports may have ended by itself.
    if (plan.targets.length > 0)
      await freePorts(plan, { sources, graceMs, interrupted: interruption.signal });
  } finally {
    interruption.end();
  }
  if (interruption.status !== undefined) return interruption.status;
  // The owners are not asked for again: the root of a tree may have ended, or the holder of a port may have left the tree.
  const { owners, ...others } = filter;
  const textOf = owners === undefined ? portText : listenerKey;
  const freed = new Set(plan.listeners.map(textOf));
  const taken = (await look(others, options)).filter((listener) => freed.has(textOf(listener)));
  for (const text of new Set(taken.map(takenText))) tell(text);
  return taken.length > 0 || plan.obstacles.length > 0 ? ExitStatus.nothingMatched : ExitStatus.found;
}

async function look(filter: ListenerFilter, options: KillOptions): Promise<readonly Listener[]> {
  return (await lookAtAll(filter, options)).filter((listener) => matches(listener, filter));
}

/** Looks at all listeners. Of the filter, the library needs only the owners, to tell what they own. */
async function lookAtAll(
  { owners = [] }: ListenerFilter,
  { source }: KillOptions,
): Promise<readonly Listener[]> {
  return (await listListeners({ sources: source, owners })).listeners;
}

/** True if the process itself has all the owners that were asked for. */
function hasOwners(holder: Process, asked: readonly AskedOwner[] = []): boolean {
  const names = ownersOf(holder, asked);
  return asked.every(({ name }) => names.includes(name));
}

/** Tells which ports, and which whole ranges, nobody listens on. */
function tellUnused(
  ports: readonly PortRange[],
  listeners: readonly Listener[],
  filter: ListenerFilter,
): void {
  const unused = ports.filter((range) => !listeners.some(({ port }) => includesPort(range, port)));
  if (unused.length === 0) return;
  const texts = unused.map(({ from, to }) => (from === to ? `port ${from}` : `the ports ${from}-${to}`));
  const { ports: _, ...others } = filter;
  const isFiltered = Object.values(others).some((value) => value !== undefined);
  tell(`nothing ${isFiltered ? 'that matches ' : ''}listens on ${texts.join(', ')}`);
}

function question(count: number): string {
  return count === 1 ? 'End this process? [y/N] ' : `End these ${count} processes? [y/N] `;
}

function takenText(listener: Listener): string {
  const holders = listener.processes?.map(processText).join(', ') || 'somebody who is not seen from here';
  return `${portText(listener)} is still taken, by ${holders}`;
}
