import { renderListenerTable } from '../../render/listener-table.js';
import { textWidth, truncateText } from '../../render/text-width.js';
import { ageText } from './age-text.js';
import { FADE_MS, FLASH_MS } from './entries.js';
import { fittedLine, inStyles, type LineStyle, withoutStyles } from './line-style.js';
import type { Row } from './rows.js';
import { shownTime, type TopState } from './top-state.js';

/** A sign and a blank in front of each row. */
const GUTTER = 2;
const AGE_HEADER = 'OPEN FOR';
/** `23 h 59 min`, and two blanks before it. */
const AGE_WIDTH = 13;
/** The width from which there is room for the times. */
const WIDTH_FOR_AGES = 60;

/** What a row looks like beyond its text. */
interface RowStyle {
  readonly sign: string;
  readonly styles: readonly LineStyle[];
}

const PLAIN: RowStyle = { sign: ' ', styles: [] };

/** True if a table of this width says how long ports have been open. */
export function showsAges(width: number): boolean {
  return width >= WIDTH_FOR_AGES;
}

/** The header of the table and the lines of `count` rows from `state.offset` on. */
export function tableLines(
  state: TopState,
  rows: readonly Row[],
  canvas: { readonly width: number; readonly color: boolean; readonly now: number },
  count: number,
): { readonly header: string; readonly lines: readonly string[] } {
  const { width, color } = canvas;
  const now = shownTime(state, canvas.now);
  const ageWidth = showsAges(width) ? AGE_WIDTH : 0;
  const room = Math.max(0, width - GUTTER - ageWidth);
  const listeners = rows.flatMap(({ service }) => service.listeners);
  const table = renderListenerTable(listeners, { width: room, color }, state);
  const [header = '', ...texts] = table.split('\n');

  const lineOf = (row: Row, index: number): string => {
    const rowStyle = rowStyleOf(row, now);
    const { sign, styles } = rowStyle;
    const age = ageWidth > 0 ? ageCell(row, now) : '';
    const text = fittedLine(texts[index] ?? '', room);
    const isSelected = index === state.selection?.index;
    if (styles.length === 0 && !isSelected)
      return fittedLine(`${sign} ${padded(text, room)}${inStyles(age, ['dim'], color)}`.trimEnd(), width);
    const line = truncateText(`${sign} ${padded(withoutStyles(text), room)}${age}`, width);
    return inStyles(
      isSelected ? padded(line, width) : line.trimEnd(),
      isSelected ? selectedStyles(rowStyle) : styles,
      color,
    );
  };
  const ages = ageWidth > 0 && rows.length > 0 ? inStyles(AGE_HEADER.padStart(ageWidth), ['dim'], color) : '';
  return {
    header: fittedLine(`${' '.repeat(GUTTER)}${padded(fittedLine(header, room), room)}${ages}`, width),
    lines: rows
      .slice(state.offset, state.offset + count)
      .map((row, index) => lineOf(row, state.offset + index)),
  };
}

/** How a row shows that it is new or gone, in two steps of time. */
function rowStyleOf({ openedAt, closedAt }: Row, now: number): RowStyle {
  if (closedAt !== undefined)
    return { sign: '-', styles: now - closedAt < FADE_MS / 2 ? ['red', 'struck'] : ['dim', 'struck'] };
  if (openedAt === undefined || now - openedAt >= FLASH_MS) return PLAIN;
  return {
    sign: '+',
    styles: now - openedAt < FLASH_MS / 2 ? ['bold', 'green', 'reverse'] : ['bold', 'green'],
  };
}

function selectedStyles({ styles }: RowStyle): LineStyle[] {
  return [...new Set<LineStyle>([...styles, 'reverse'])];
}

function ageCell({ openedAt, closedAt }: Row, now: number): string {
  const text = openedAt === undefined ? '-' : ageText((closedAt ?? now) - openedAt);
  return text.padStart(AGE_WIDTH);
}

function padded(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - textWidth(withoutStyles(line))));
}
