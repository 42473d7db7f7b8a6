import { processText } from '../../render/process-name.js';
import { textWidth, truncateText } from '../../render/text-width.js';
import { visibleText } from '../../render/visible-text.js';
import { inStyles, type LineStyle } from './line-style.js';
import type { Row } from './rows.js';
import type { TopState } from './top-state.js';

/** The most important first. Those that do not fit are left out. */
const KEYS = ['? help', 'q quit', '/ search', 's sort', 'Enter details', 'x end', 'p hold'] as const;

const GAP = '   ';
const ANSWERS = ' [y/N]';

/** The bottom line: a question, the search that is typed, a problem, or a summary with the keys that help. */
export function statusLine(state: TopState, rows: readonly Row[], width: number, color: boolean): string {
  const { mode, notice, problem } = state;
  if (mode.type === 'confirm') return whole(question(mode, width), width, ['bold', 'yellow'], color);
  if (mode.type === 'search') return searchLine(state, rows, width);
  if (notice !== undefined) return whole(visibleText(notice), width, ['bold', 'yellow'], color);
  if (problem !== undefined) return whole(visibleText(problem), width, ['bold', 'red'], color);
  const text = withOrigin(summary(state, rows), state, width);
  return inStyles(truncateText(text + keysFor(width - textWidth(text)), width), ['dim'], color);
}

/** If there is little room, the question is shortened, and the answers stay in sight. */
function question({ target, signal }: Extract<TopState['mode'], { type: 'confirm' }>, width: number): string {
  const process = visibleText(processText(target));
  const room = width - ANSWERS.length;
  const long = `${process} was asked to end. End it by force (SIGKILL)?`;
  const short = signal === 'SIGTERM' ? `End ${process}?` : `Kill ${process}?`;
  const text = signal === 'SIGKILL' && textWidth(long) <= room ? long : short;
  return truncateText(text, room) + ANSWERS;
}

/** The end of what is typed stays in sight. */
function searchLine({ search }: TopState, rows: readonly Row[], width: number): string {
  const typed = lastPart(`/${visibleText(search)}`, width - 1);
  const count = `${GAP}${rows.length === 1 ? '1 row' : `${rows.length} rows`}`;
  const hasRoom = textWidth(typed) + 1 + textWidth(count) <= width;
  const cursor = width > 0 ? inStyles(' ', ['reverse'], true) : '';
  return `${typed}${cursor}${hasRoom ? count : ''}`;
}

function lastPart(text: string, width: number): string {
  const characters = [...text];
  while (characters.length > 0 && textWidth(characters.join('')) > width) characters.shift();
  return characters.join('');
}

function summary(state: TopState, rows: readonly Row[]): string {
  const open = rows.filter(({ closedAt }) => closedAt === undefined);
  const listeners = open.reduce((sum, { service }) => sum + service.listeners.length, 0);
  return [
    state.held === undefined ? '' : 'HELD (p goes on)',
    `${listeners} ${listeners === 1 ? 'listener' : 'listeners'}${state.hasPlaces ? placesText(open) : ''}`,
    `by ${state.sort}${state.isReversed ? ', reversed' : ''}`,
    state.search === '' ? '' : `/${visibleText(state.search)}`,
  ]
    .filter(Boolean)
    .join('  ');
}

function placesText(rows: readonly Row[]): string {
  const places = new Set(rows.map(({ service }) => service.place)).size;
  return ` in ${places} ${places === 1 ? 'place' : 'places'}`;
}

/** Adds the source of a single place, if that leaves room for the first key. */
function withOrigin(text: string, { source, doorbell, hasPlaces }: TopState, width: number): string {
  if (source === undefined || hasPlaces) return text;
  const whole = `${text}  through ${source}${doorbell === undefined ? '' : ` (${doorbell})`}`;
  return textWidth(whole) + GAP.length + textWidth(KEYS[0]) <= width ? whole : text;
}

function keysFor(room: number): string {
  let text = '';
  for (const key of KEYS) {
    if (textWidth(text) + GAP.length + textWidth(key) > room) break;
    text += `${GAP}${key}`;
  }
  return text;
}

function whole(text: string, width: number, styles: readonly LineStyle[], color: boolean): string {
  return inStyles(truncateText(text, width), styles, color);
}
