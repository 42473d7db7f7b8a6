import type { Listener, Process } from '@portolan/monitor';
import type { Style } from '../../render/color.js';
import { processName, processText } from '../../render/process-name.js';
import { type Canvas, type Column, type Concession, renderTable } from '../../render/table.js';
import { visibleText } from '../../render/visible-text.js';

const CONCESSIONS: readonly Concession[] = [
  { header: 'COMMAND', to: 20 },
  { header: 'COMMAND', to: 'left out' },
  { header: 'PORT', to: 20 },
  { header: 'USER', to: 'left out' },
  { header: 'PROCESS', to: 10 },
];

/** How many other ports of a process are named. The rest are counted. */
const SHOWN_OTHERS = 3;

/** The table of the processes that will be ended. Each has a row, and none is left out. */
export function renderTargetTable(
  targets: readonly Process[],
  listeners: readonly Listener[],
  canvas: Canvas,
): string {
  const column = (header: string, textOf: (target: Process) => string, style?: Style): Column => ({
    header,
    cells: targets.map((target) => ({ text: visibleText(textOf(target)) || '-', style })),
  });
  return renderTable(
    [
      column('PORT', (target) => portsOf(target, listeners), 'bold'),
      column('PROCESS', processName, 'green'),
      column('PID', ({ pid }) => String(pid)),
      column('USER', ({ user, uid }) => user ?? String(uid ?? '')),
      column('COMMAND', ({ commandLine }) => commandLine?.join(' ') ?? '', 'dim'),
    ],
    CONCESSIONS,
    canvas,
  );
}

/**
 * A line for each process that also listens on other ports, which close with it:
 * `node (pid 812) also listens on tcp 4561`.
 *
 * @param listeners the ones that were asked for
 * @param all every listener
 */
export function alsoLines(
  targets: readonly Process[],
  listeners: readonly Listener[],
  all: readonly Listener[],
): string[] {
  const asked = new Set(listeners.map(portName));
  return targets.flatMap((target) => {
    const others = portNames(target, all).filter((name) => !asked.has(name));
    if (others.length === 0) return [];
    const more = others.length - SHOWN_OTHERS;
    const text = others.slice(0, SHOWN_OTHERS).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return [`${visibleText(processText(target))} also listens on ${text}`];
  });
}

function portsOf(target: Process, listeners: readonly Listener[]): string {
  return portNames(target, listeners).join(', ');
}

function portNames({ pid }: Process, listeners: readonly Listener[]): string[] {
  const held = listeners.filter(({ processes }) => processes?.some((process) => process.pid === pid));
  return [...new Set(held.map(portName))];
}

function portName({ protocol, port }: Listener): string {
  return `${protocol} ${port}`;
}
