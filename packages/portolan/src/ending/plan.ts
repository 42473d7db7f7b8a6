import type { Listener, Process } from '@portolan/monitor';
import { containerPortText } from '../render/container-port-text.js';
import { processText } from '../render/process-name.js';
import { byAge, type Protection, protectionOf } from './end-process.js';

/** What is to be ended, and what stands in the way. */
export interface Plan {
  /** The listeners with nothing in the way. */
  readonly listeners: readonly Listener[];
  /** The processes behind these listeners. Older ones come first, so that no parent replaces workers that it sees end. */
  readonly targets: readonly Process[];
  /** A sentence for each port that is left alone. */
  readonly obstacles: readonly string[];
}

/** What matters of the one who asks: it decides what may be ended. */
export interface Asker {
  /** This process and its ancestors. */
  readonly lineage: readonly number[];
  readonly isRoot: boolean;
  readonly maySignal: (process: Process) => boolean;
  /** True if the process itself was asked for; false if it only shares a socket with one that was. */
  readonly isAskedFor: (process: Process) => boolean;
}

/**
 * Decides what to end. If one holder of a port may not be ended, the others are left alone too: to end them would not free
 * the port.
 */
export function planEnd(listeners: readonly Listener[], asker: Asker): Plan {
  const free: Listener[] = [];
  const obstacles = new Set<string>();
  for (const group of byPort(listeners).values()) {
    const found = group.flatMap((listener) => obstaclesOf(listener, asker));
    for (const obstacle of found) obstacles.add(obstacle);
    if (found.length === 0) for (const listener of group) free.push(listener);
  }
  const targets = new Map(free.flatMap(({ processes }) => processes ?? []).map((one) => [one.pid, one]));
  return {
    listeners: free,
    targets: [...targets.values()].sort(byAge),
    obstacles: [...obstacles],
  };
}

function byPort(listeners: readonly Listener[]): ReadonlyMap<string, readonly Listener[]> {
  const groups = new Map<string, Listener[]>();
  for (const listener of listeners) {
    const port = portText(listener);
    const group = groups.get(port);
    if (group === undefined) groups.set(port, [listener]);
    else group.push(listener);
  }
  return groups;
}

/** `tcp port 3000`. */
export function portText({ protocol, port }: Pick<Listener, 'protocol' | 'port'>): string {
  return `${protocol} port ${port}`;
}

function obstaclesOf(listener: Listener, asker: Asker): string[] {
  const port = portText(listener);
  const { processes, sockets } = listener;
  const found = (processes ?? []).flatMap((process) => obstacleOf(process, port, listener, asker) ?? []);
  if (sockets.some(({ holder }) => holder === 'kernel'))
    found.push(`${port} is held by the kernel itself, for which no process can be ended`);
  if (sockets.some(({ holder }) => holder === 'hidden')) found.push(hiddenText(port, listener, asker));
  if (found.length === 0 && !processes?.length)
    found.push(`who holds ${port} can't be told; it may be closed by now`);
  return found;
}

function obstacleOf(process: Process, port: string, listener: Listener, asker: Asker): string | undefined {
  if (process.leadsTo !== null) {
    const target = containerPortText(process.leadsTo);
    const container = target === undefined ? 'a container' : `the container at ${target}`;
    return `${port} belongs to ${container}, through ${processText(process)}: end that container instead`;
  }
  const protection = protectionOf(process, asker.lineage);
  if (protection !== undefined)
    return `${port} is held by ${processText(process)}, ${PROTECTIONS[protection]}`;
  if (!asker.isAskedFor(process))
    return `${port} is held by ${processText(process)} too, which the filters leave out: it would not be free`;
  if (asker.maySignal(process)) return undefined;
  const owner = process.user ?? process.uid;
  return `${port} is held by ${processText(process)} of user ${owner}; try: sudo portolan kill ${listener.port}`;
}

const PROTECTIONS: Record<Protection, string> = {
  init: 'the first process of all, which is never ended (systemd listens for services: stop their .socket unit)',
  itself: 'which is this command itself',
  ancestor: 'which this command descends from, so that it would go down too',
};

function hiddenText(port: string, listener: Listener, { isRoot }: Asker): string {
  return isRoot
    ? `${port} is held by a process that can't be seen from in here, not even by root`
    : `${port} is held by a process that only root may see; try: sudo portolan kill ${listener.port}`;
}
