import type { DoorbellName, Process, SourceName } from '@portolan/monitor';
import type { SortKey } from '../../listeners/order.js';
import type { UserNames } from '../../listeners/user-names.js';
import type { AncestorsOf } from './ancestors.js';
import type { EndSignal } from './end-row.js';
import type { Entries } from './entries.js';
import { type Row, rowsOf } from './rows.js';

/** What the keys are for at the moment. */
type Mode =
  | { readonly type: 'table' }
  | { readonly type: 'search' }
  | { readonly type: 'help' }
  | { readonly type: 'confirm'; readonly target: Process; readonly signal: EndSignal };

/** Which row is selected: one of its listeners, and where the row was in case the listener is gone. */
interface Selection {
  readonly key: string;
  readonly endpoint: string;
  readonly index: number;
}

/** All that the screen shows, apart from its size and the time. */
export interface TopState {
  readonly entries: Entries;
  /** What is shown instead while the view is held, as it was at that time. */
  readonly held: { readonly entries: Entries; readonly at: number } | undefined;
  readonly sort: SortKey;
  readonly isReversed: boolean;
  /** True if there may be several places, so that each row tells its own. */
  readonly hasPlaces: boolean;
  readonly search: string;
  readonly mode: Mode;
  readonly selection: Selection | undefined;
  /** The index of the first row on the screen. */
  readonly offset: number;
  readonly hasDetails: boolean;
  /** The processes that were asked to end, by {@link processKey}. */
  readonly askedToEnd: ReadonlySet<string>;
  /** The outcome of the last key or event, until the next key. */
  readonly notice: string | undefined;
  /** What is wrong with the sources. */
  readonly problem: string | undefined;
  readonly source: SourceName | undefined;
  readonly doorbell: DoorbellName | undefined;
  /** This process and its ancestors, which are not ended. */
  readonly lineage: readonly number[];
  readonly users: UserNames;
  readonly ancestorsOf: AncestorsOf;
}

/** The state that a view begins with, without listeners. */
export function createTopState(
  given: Pick<TopState, 'sort' | 'hasPlaces' | 'users' | 'ancestorsOf' | 'lineage'>,
): TopState {
  return {
    entries: new Map(),
    held: undefined,
    isReversed: false,
    search: '',
    mode: { type: 'table' },
    selection: undefined,
    offset: 0,
    hasDetails: false,
    askedToEnd: new Set(),
    notice: undefined,
    problem: undefined,
    source: undefined,
    doorbell: undefined,
    ...given,
  };
}

/** The time that the view shows. */
export function shownTime({ held }: TopState, now: number): number {
  return held?.at ?? now;
}

/** The rows that the view shows. */
export function shownRows(state: TopState, now: number): Row[] {
  return rowsOf(state.held?.entries ?? state.entries, state, shownTime(state, now));
}

/** A key that tells a process from a later one with the same pid. */
export function processKey({ pid, startTicks }: Process): string {
  return `${pid} ${startTicks}`;
}

/** The state with the row at an index selected, or the nearest row if the index is out of range. */
export function select(state: TopState, rows: readonly Row[], index: number): TopState {
  const nearest = Math.max(0, Math.min(index, rows.length - 1));
  const row = rows[nearest];
  const key = row?.keys[0];
  if (row === undefined || key === undefined) return { ...state, selection: undefined };
  return { ...state, selection: { key, endpoint: endpointOf(row), index: nearest } };
}

/**
 * The state after rows came, went or moved. The selection stays on its service, or on its port if another process took it
 * over. The selected row stays on the screen.
 *
 * @param page how many rows the screen shows
 */
export function settle(state: TopState, rows: readonly Row[], page: number): TopState {
  const settled = state.selection === undefined ? state : reselect(state, rows, state.selection);
  return { ...settled, offset: offsetFor(settled, rows.length, page) };
}

function reselect(state: TopState, rows: readonly Row[], selection: Selection): TopState {
  const same = rows.findIndex(({ keys }) => keys.includes(selection.key));
  if (same >= 0) return { ...state, selection: { ...selection, index: same } };
  const onSamePort = rows.findIndex((row) => endpointOf(row) === selection.endpoint);
  return select(state, rows, onSamePort >= 0 ? onSamePort : selection.index);
}

function endpointOf({ service }: Row): string {
  return `${service.place} ${service.protocol} ${service.port}`;
}

function offsetFor({ offset, selection }: TopState, count: number, page: number): number {
  const within = Math.max(0, Math.min(offset, count - page));
  if (selection === undefined || page < 1) return within;
  return Math.min(Math.max(within, selection.index - page + 1), selection.index);
}
