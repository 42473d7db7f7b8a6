import { type Style, styled, wantsColor } from './color.js';
import { textWidth, truncateText } from './text-width.js';

/** A text of a table, without control characters (see `visibleText`). */
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export interface Column {
  readonly header: string;
  readonly cells: readonly Cell[];
}

/** What a table gives up if it is too wide: a column is cut to a width, or left out. */
export interface Concession {
  readonly header: string;
  readonly to: number | 'left out';
}

/** What a table is written to. */
export interface Canvas {
  /** The width of a terminal in cells; undefined for a pipe or a file, for which nothing is cut. */
  readonly width: number | undefined;
  readonly color: boolean;
}

interface FittedColumn extends Column {
  readonly naturalWidth: number;
  width: number;
}

const GAP = '  ';

/** Renders columns under their headers. Concessions are made in their order until the table fits the canvas. */
export function renderTable(
  columns: readonly Column[],
  concessions: readonly Concession[],
  canvas: Canvas,
): string {
  const fitted = fit(columns.map(measure), concessions, canvas.width ?? Number.POSITIVE_INFINITY);
  const headers = fitted.map(({ header }): Cell => ({ text: header, style: 'dim' }));
  const rows = (fitted[0]?.cells ?? []).map((_, index) =>
    fitted.map(({ cells }) => cells[index] ?? { text: '' }),
  );
  return [headers, ...rows].map((row) => `${renderRow(row, fitted, canvas.color)}\n`).join('');
}

function measure(column: Column): FittedColumn {
  const texts = [column.header, ...column.cells.map(({ text }) => text)];
  const naturalWidth = texts.reduce((widest, text) => Math.max(widest, textWidth(text)), 0);
  return { ...column, naturalWidth, width: naturalWidth };
}

function fit(columns: FittedColumn[], concessions: readonly Concession[], width: number): FittedColumn[] {
  let left = columns;
  for (const { header, to } of concessions) {
    const excess = totalWidth(left) - width;
    if (excess <= 0) break;
    const column = left.find((candidate) => candidate.header === header);
    if (column === undefined) continue;
    if (to === 'left out') left = left.filter((candidate) => candidate !== column);
    else column.width = Math.min(column.width, Math.max(to, column.width - excess));
  }
  giveBack(left, width - totalWidth(left));
  return left;
}

/** Gives spare room to columns that were cut: one that was left out may have made more room than was needed. */
function giveBack(columns: readonly FittedColumn[], room: number): void {
  let spare = room;
  for (const column of columns) {
    const wider = Math.min(column.naturalWidth - column.width, Math.max(0, spare));
    column.width += wider;
    spare -= wider;
  }
}

function totalWidth(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP.length * (columns.length - 1));
}

function renderRow(cells: readonly Cell[], columns: readonly FittedColumn[], color: boolean): string {
  let line = '';
  let owed = '';
  for (const [index, cell] of cells.entries()) {
    const width = columns[index]?.width ?? 0;
    const text = truncateText(cell.text, width);
    // The blanks behind a cell come with the next text, so that no line ends in blanks.
    if (text !== '') line += owed + (color && cell.style !== undefined ? styled(text, cell.style) : text);
    owed = (text === '' ? owed : '') + ' '.repeat(width - textWidth(text)) + GAP;
  }
  return line;
}

/** Standard output as a canvas. */
export function outputCanvas(): Canvas {
  const { isTTY, columns } = process.stdout;
  // A terminal that does not know its size says 0.
  return { width: isTTY ? columns || 80 : undefined, color: wantsColor(isTTY, process.env) };
}
