import type { Process } from '@portolan/monitor';
import { SORT_KEYS } from '../../listeners/order.js';
import { type EndSignal, targetOf } from './end-row.js';
import type { Input } from './keys.js';
import type { Row } from './rows.js';
import { processKey, select, type TopState } from './top-state.js';

const SEARCH_LIMIT = 200;

/** What a key asks for besides a new state. */
export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'suspend' }
  | { readonly type: 'repaint' }
  | { readonly type: 'end'; readonly target: Process; readonly signal: EndSignal };

/** The outcome of a key. */
export interface Pressed {
  readonly state: TopState;
  readonly effect?: Effect;
}

/** What was on the screen when the key was pressed. */
export interface Shown {
  readonly rows: readonly Row[];
  /** How many rows fit. */
  readonly page: number;
  readonly now: number;
}

/** The state after a key, a character or a pasted text. */
export function press(before: TopState, input: Input, shown: Shown): Pressed {
  const state = { ...before, notice: undefined };
  const key = nameOf(input);
  if (key === 'ctrl-c') return { state, effect: { type: 'quit' } };
  if (key === 'ctrl-z') return { state, effect: { type: 'suspend' } };
  if (key === 'ctrl-l') return { state, effect: { type: 'repaint' } };
  switch (state.mode.type) {
    case 'help':
      return key === 'q' ? { state, effect: { type: 'quit' } } : { state: toTable(state) };
    case 'search':
      return { state: pressInSearch(state, input, shown) };
    case 'confirm':
      return answer(toTable(state), key, state.mode);
    case 'table':
      return key === 'q' ? { state, effect: { type: 'quit' } } : { state: pressInTable(state, key, shown) };
  }
}

/** A pasted text is no key: the clipboard must not sort, search or end processes. */
function nameOf(input: Input): string | undefined {
  if (input.type === 'key') return input.key;
  return input.type === 'character' ? input.character : undefined;
}

function toTable(state: TopState): TopState {
  return { ...state, mode: { type: 'table' } };
}

function pressInSearch(state: TopState, input: Input, shown: Shown): TopState {
  if (input.type === 'character') return typed(state, input.character);
  if (input.type === 'paste') return typed(state, input.text.replaceAll(/\p{Cc}+/gu, ' '));
  switch (input.key) {
    case 'escape':
      return toTable({ ...state, search: '' });
    case 'enter':
      return toTable(state);
    case 'backspace':
      return state.search === ''
        ? toTable(state)
        : { ...state, search: [...state.search].slice(0, -1).join('') };
    case 'ctrl-u':
      return { ...state, search: '' };
    default:
      return move(state, input.key, shown) ?? state;
  }
}

function typed(state: TopState, text: string): TopState {
  return { ...state, search: (state.search + text).slice(0, SEARCH_LIMIT) };
}

function pressInTable(state: TopState, key: string | undefined, shown: Shown): TopState {
  switch (key) {
    case 's':
      return { ...state, sort: SORT_KEYS[(SORT_KEYS.indexOf(state.sort) + 1) % SORT_KEYS.length] ?? 'port' };
    case 'S':
      return { ...state, isReversed: !state.isReversed };
    case '/':
      return { ...state, mode: { type: 'search' } };
    case '?':
    case 'h':
      return { ...state, mode: { type: 'help' } };
    case 'enter':
    case 'i':
      return toggleDetails(state, shown.rows);
    case 'p':
      return {
        ...state,
        held: state.held === undefined ? { entries: state.entries, at: shown.now } : undefined,
      };
    case 'x':
    case 'delete':
      return askToEnd(state, shown.rows);
    case 'escape':
      return stepBack(state);
    default: {
      const number = SORT_KEYS[Number(key) - 1];
      return number === undefined ? (move(state, key, shown) ?? state) : { ...state, sort: number };
    }
  }
}

/** Shows or hides the details. If no row is selected, the first one is. Without rows there are no details. */
function toggleDetails(state: TopState, rows: readonly Row[]): TopState {
  if (rows.length === 0) return state;
  if (state.hasDetails) return { ...state, hasDetails: false };
  return { ...(state.selection === undefined ? select(state, rows, 0) : state), hasDetails: true };
}

/** Undoes what was opened last, as people expect of Escape. */
function stepBack(state: TopState): TopState {
  if (state.hasDetails) return { ...state, hasDetails: false };
  if (state.search !== '') return { ...state, search: '' };
  return { ...state, selection: undefined };
}

function move(state: TopState, key: string | undefined, { rows, page }: Shown): TopState | undefined {
  const at = state.selection?.index;
  const step = Math.max(1, page - 1);
  switch (key) {
    case 'up':
    case 'k':
      return select(state, rows, (at ?? rows.length) - 1);
    case 'down':
    case 'j':
      return select(state, rows, (at ?? -1) + 1);
    case 'pageUp':
      return select(state, rows, (at ?? 0) - step);
    case 'pageDown':
      return select(state, rows, (at ?? 0) + step);
    case 'home':
    case 'g':
      return select(state, rows, 0);
    case 'end':
    case 'G':
      return select(state, rows, rows.length - 1);
    default:
      return undefined;
  }
}

function askToEnd(state: TopState, rows: readonly Row[]): TopState {
  const row = state.selection && rows[state.selection.index];
  if (row === undefined) return { ...state, notice: 'choose a row first, with the arrow keys' };
  const target = targetOf(row, state.lineage);
  if (typeof target === 'string') return { ...state, notice: target };
  const signal = state.askedToEnd.has(processKey(target)) ? 'SIGKILL' : 'SIGTERM';
  return { ...state, mode: { type: 'confirm', target, signal } };
}

function answer(
  state: TopState,
  key: string | undefined,
  { target, signal }: { readonly target: Process; readonly signal: EndSignal },
): Pressed {
  if (key !== 'y' && key !== 'Y') return { state };
  const askedToEnd = new Set([...state.askedToEnd, processKey(target)]);
  return { state: { ...state, askedToEnd }, effect: { type: 'end', target, signal } };
}
