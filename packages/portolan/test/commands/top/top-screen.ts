import type { Ancestor, Listener } from '@portolan/monitor';
import { initialEntries, updateEntries } from '../../../src/commands/top/entries.js';
import { type Frame, frameOf } from '../../../src/commands/top/frame.js';
import { type Input, InputParser } from '../../../src/commands/top/keys.js';
import type { Size } from '../../../src/commands/top/layout.js';
import { withoutStyles } from '../../../src/commands/top/line-style.js';
import { type Effect, press } from '../../../src/commands/top/press.js';
import { createTopState, type TopState } from '../../../src/commands/top/top-state.js';
import { UserNames } from '../../../src/listeners/user-names.js';

const USERS = new UserNames('root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n');

/** The view without a terminal, a monitor or a clock: what is typed, opened and waited for, and what it shows. */
export class TopScreen {
  state: TopState;
  size: Size;
  color = false;
  now = 1_000_000;
  readonly effects: Effect[] = [];

  constructor(
    open: readonly Listener[] = [],
    given: {
      readonly width?: number;
      readonly height?: number;
      readonly hasPlaces?: boolean;
      readonly lineage?: readonly number[];
      readonly ancestors?: readonly Ancestor[];
    } = {},
  ) {
    this.size = { width: given.width ?? 100, height: given.height ?? 20 };
    this.state = {
      ...createTopState({
        sort: 'port',
        hasPlaces: given.hasPlaces ?? false,
        users: USERS,
        lineage: given.lineage ?? [5000],
        ancestorsOf: () => given.ancestors ?? [],
      }),
      entries: initialEntries(open),
    };
    this.frame();
  }

  /** A look found this open. */
  look(open: readonly Listener[], transient: readonly Listener[] = []): this {
    this.state = { ...this.state, entries: updateEntries(this.state.entries, open, transient, this.now) };
    this.frame();
    return this;
  }

  wait(ms: number): this {
    this.now += ms;
    this.frame();
    return this;
  }

  /** Types what a terminal would send. */
  type(bytes: string): this {
    const parser = new InputParser();
    for (const input of [...parser.push(bytes), ...parser.flush()]) this.press(input);
    return this;
  }

  press(input: Input): void {
    const { state, effect } = press(this.state, input, this.frame().shown);
    this.state = state;
    if (effect !== undefined) this.effects.push(effect);
    this.frame();
  }

  frame(): Frame {
    const frame = frameOf(this.state, this.size, { now: this.now, color: this.color });
    this.state = frame.state;
    return frame;
  }

  /** The lines as people see them. */
  get lines(): string[] {
    return this.frame().lines.map((line) => withoutStyles(line).trimEnd());
  }

  /** The lines between the header and the bottom line that are not empty. */
  get rows(): string[] {
    return this.lines.slice(1, -1).filter(Boolean);
  }

  get ports(): number[] {
    return this.frame().shown.rows.map(({ service }) => service.port);
  }

  get status(): string {
    return this.lines.at(-1) ?? '';
  }

  /** The port of the selected row. */
  get selectedPort(): number | undefined {
    const { shown, state } = this.frame();
    return state.selection && shown.rows[state.selection.index]?.service.port;
  }
}
