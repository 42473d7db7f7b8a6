import { textWidth, truncateText } from '../../render/text-width.js';
import { visibleText } from '../../render/visible-text.js';
import { cutLines, detailLines } from './detail-lines.js';
import { HELP_LINES } from './help-lines.js';
import { divide, type Layout, type Size } from './layout.js';
import { inStyles } from './line-style.js';
import type { Row } from './rows.js';
import { statusLine } from './status-line.js';
import { tableLines } from './table-lines.js';
import type { TopState } from './top-state.js';

/** How a screen of this size is divided for that state. */
export function layoutOf(state: TopState, rows: readonly Row[], size: Size): Layout {
  const row = detailedRow(state, rows);
  // One line more, which divides the details from the rows.
  return divide(size, row === undefined ? 0 : detailLines(row, state, size.width).length + 1);
}

/** The lines of the screen, as many as it has. None is wider than it, or has control characters other than styles. */
export function topView(
  state: TopState,
  rows: readonly Row[],
  size: Size,
  { color, now }: { readonly color: boolean; readonly now: number },
): string[] {
  const { width, height } = size;
  const layout = layoutOf(state, rows, size);
  const status = statusLine(state, rows, width, color);
  if (state.mode.type === 'help') return withStatus(helpLines(width), status, height);
  const table = tableLines(state, rows, { width, color, now }, layout.rows);
  const empty = rows.length === 0 ? emptyText(state) : undefined;
  return withStatus(
    [
      ...(layout.header > 0 ? [table.header] : []),
      ...filled(empty === undefined ? table.lines : [truncateText(empty, width)], layout.rows),
      ...detailPane(state, rows, layout.details, width, color),
    ],
    status,
    height,
  );
}

function detailedRow(state: TopState, rows: readonly Row[]): Row | undefined {
  return state.hasDetails ? rows[state.selection?.index ?? -1] : undefined;
}

function detailPane(
  state: TopState,
  rows: readonly Row[],
  height: number,
  width: number,
  color: boolean,
): string[] {
  const row = detailedRow(state, rows);
  if (row === undefined || height < 1) return [];
  const { place, protocol, port } = row.service;
  const title = `── ${state.hasPlaces ? `${visibleText(place)} ` : ''}${protocol} ${port} `;
  const lines = cutLines(detailLines(row, state, width), height - 1);
  return [
    inStyles(truncateText(title + '─'.repeat(Math.max(0, width - textWidth(title))), width), ['dim'], color),
    ...lines.map((line) => truncateText(line, width)),
  ];
}

function emptyText({ search }: TopState): string {
  return search === '' ? 'nothing listens here' : 'nothing matches the search';
}

function helpLines(width: number): string[] {
  return HELP_LINES.map((line) => truncateText(line, width));
}

function withStatus(lines: readonly string[], status: string, height: number): string[] {
  return height < 1 ? [] : [...filled(lines, height - 1), status];
}

function filled(lines: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, index) => lines[index] ?? '');
}
