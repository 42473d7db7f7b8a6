import type { Listener, Process } from '@portolan/monitor';
import type { Style } from '../render/color.js';
import { processName } from '../render/process-name.js';
import { type Canvas, type Column, type Concession, renderTable } from '../render/table.js';
import { visibleText } from '../render/visible-text.js';

const CONCESSIONS: readonly Concession[] = [
  { header: 'COMMAND', to: 20 },
  { header: 'COMMAND', to: 'left out' },
  { header: 'PORT', to: 20 },
  { header: 'USER', to: 'left out' },
  { header: 'PROCESS', to: 10 },
];

/** The table of what will be ended: a row a process, none left out. */
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

function portsOf({ pid }: Process, listeners: readonly Listener[]): string {
  const held = listeners.filter(({ processes }) => processes?.some((process) => process.pid === pid));
  return [...new Set(held.map(({ protocol, port }) => `${protocol} ${port}`))].join(', ');
}
