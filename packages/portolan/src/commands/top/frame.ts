import type { Size } from './layout.js';
import type { Shown } from './press.js';
import { settle, shownRows, type TopState } from './top-state.js';
import { layoutOf, topView } from './top-view.js';

/** What the screen shows at a time, and the state with its selection and scrolling settled for that. */
export interface Frame {
  readonly state: TopState;
  readonly shown: Shown;
  readonly lines: readonly string[];
}

/** Makes the frame for a screen of a size. */
export function frameOf(
  before: TopState,
  size: Size,
  { now, color }: { readonly now: number; readonly color: boolean },
): Frame {
  const rows = shownRows(before, now);
  let state = before;
  let page = 0;
  // Twice, since the details of another row may take another number of lines.
  for (let pass = 0; pass < 2; pass += 1) {
    page = layoutOf(state, rows, size).rows;
    state = settle(state, rows, page);
  }
  return { state, shown: { rows, page, now }, lines: topView(state, rows, size, { color, now }) };
}
