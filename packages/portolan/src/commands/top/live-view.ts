import type { Listener, PortMonitor, Process } from '@portolan/monitor';
import { type ListenerFilter, matches } from '../../listeners/listener-filter.js';
import { type UnseenPlace, unseenLines } from '../../render/unseen-places.js';
import { type EndSignal, endHolder } from './end-row.js';
import { initialEntries, updateEntries } from './entries.js';
import { noticeOf } from './event-notice.js';
import { frameOf } from './frame.js';
import { type Input, InputParser } from './keys.js';
import { nextChangeMs } from './next-change.js';
import { type Effect, press, type Shown } from './press.js';
import type { Screen } from './screen.js';
import { showsAges } from './table-lines.js';
import type { TopState } from './top-state.js';

/** How long the rest of a sequence may take; after that it was the Escape key. */
const ESCAPE_MS = 50;
/** How long events are gathered, to be drawn together. */
const GATHER_MS = 16;
/** How often to see if processes have other names by now: nothing is told for that. */
const RENAME_MS = 5000;

/** How long the process takes to stop after SIGTSTP, at most. */
const RESUME_MS = 100;

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGALRM'] as const;

/** What a view begins with. */
export interface LiveViewOptions {
  readonly state: TopState;
  readonly filter: ListenerFilter;
  readonly color: boolean;
  /** The places that the monitor can't look at. */
  readonly unseen: readonly UnseenPlace[];
}

/** Connects a monitor, the keyboard and the screen. It draws only when something changes. */
export class LiveView {
  readonly #monitor: PortMonitor;
  readonly #screen: Screen;
  readonly #filter: ListenerFilter;
  readonly #color: boolean;
  readonly #parser = new InputParser();
  #state: TopState;
  #shown: Shown = { rows: [], page: 0, now: 0 };
  #transient: Listener[] = [];
  #renameTimer: NodeJS.Timeout | undefined;
  #gatherTimer: NodeJS.Timeout | undefined;
  #changeTimer: NodeJS.Timeout | undefined;
  #escapeTimer: NodeJS.Timeout | undefined;
  #resumeTimer: NodeJS.Timeout | undefined;
  #end: () => void = () => undefined;
  /** True after the end: what the monitor still tells must not start a timer. */
  #isOver = false;

  /** @param monitor a started one */
  constructor(monitor: PortMonitor, screen: Screen, { state, filter, color, unseen }: LiveViewOptions) {
    this.#monitor = monitor;
    this.#screen = screen;
    this.#filter = filter;
    this.#color = color;
    this.#state = {
      ...state,
      entries: initialEntries(this.#open()),
      notice: unseenLines(unseen).join('; ') || undefined,
    };
  }

  /** Shows the view until a key or a signal ends it, and restores the terminal. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#end);
    process.on('SIGTSTP', this.#suspend).on('SIGCONT', this.#resume);
    this.#screen.enter({ read: this.#read, resized: () => this.#draw(), hungUp: this.#end });
    try {
      this.#follow();
      this.#draw();
      this.#renameTimer = setInterval(() => this.#takeOver(), RENAME_MS);
      await ended;
    } finally {
      this.#isOver = true;
      this.#clearTimers();
      this.#screen.leave();
      process.off('SIGTSTP', this.#suspend).off('SIGCONT', this.#resume);
      for (const signal of ENDING_SIGNALS) process.off(signal, this.#end);
    }
  }

  #clearTimers(): void {
    clearInterval(this.#renameTimer);
    clearTimeout(this.#gatherTimer);
    clearTimeout(this.#changeTimer);
    clearTimeout(this.#escapeTimer);
    clearTimeout(this.#resumeTimer);
  }

  #follow(): void {
    this.#monitor
      .on('opened', this.#gather)
      .on('changed', this.#gather)
      .on('closed', (event) => {
        if (event.transient && matches(event.listener, this.#filter)) this.#transient.push(event.listener);
        this.#gather();
      })
      .on('source', (event) => {
        this.#gather();
        this.#tell(event);
      })
      .on('place', (event) => {
        this.#gather();
        this.#tell(event);
      })
      .on('error', (event) => {
        this.#tell(event);
        this.#draw();
      });
  }

  #tell(event: Parameters<typeof noticeOf>[0]): void {
    this.#state = { ...this.#state, ...noticeOf(event, this.#state.hasPlaces) };
  }

  #open(): Listener[] {
    return this.#monitor.listeners().filter((listener) => matches(listener, this.#filter));
  }

  /** Takes over what the monitor knows, after a moment. If it reports anything, its sources work again. */
  readonly #gather = (): void => {
    if (this.#isOver) return;
    this.#state = { ...this.#state, problem: undefined };
    this.#gatherTimer ??= setTimeout(() => {
      this.#gatherTimer = undefined;
      this.#takeOver();
    }, GATHER_MS);
  };

  #takeOver(): void {
    const entries = updateEntries(this.#state.entries, this.#open(), this.#transient, performance.now());
    this.#transient = [];
    this.#state = { ...this.#state, entries };
    this.#draw();
  }

  readonly #read = (chunk: string): void => {
    clearTimeout(this.#escapeTimer);
    for (const input of this.#parser.push(chunk)) this.#press(input);
    if (this.#parser.isWaiting) {
      this.#escapeTimer = setTimeout(() => {
        for (const input of this.#parser.flush()) this.#press(input);
      }, ESCAPE_MS);
    }
  };

  /** Draws at once, so that the next key of the same chunk finds the rows as this one left them. */
  #press(input: Input): void {
    const { state, effect } = press(this.#state, input, { ...this.#shown, now: performance.now() });
    this.#state = state;
    if (effect !== undefined) this.#do(effect);
    this.#draw();
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        this.#end();
        break;
      case 'repaint':
        this.#screen.repaint();
        break;
      case 'suspend':
        this.#suspend();
        break;
      case 'end':
        void this.#endTarget(effect.target, effect.signal);
        break;
    }
  }

  async #endTarget(target: Process, signal: EndSignal): Promise<void> {
    const notice = await endHolder(target, signal, this.#monitor.listeners()).catch(String);
    this.#state = { ...this.#state, notice };
    this.#draw();
  }

  /** Gives the terminal back and stops, whether a key or a signal asks for it. */
  readonly #suspend = (): void => {
    this.#screen.suspend();
    process.off('SIGTSTP', this.#suspend);
    // The whole job gets it, as from the terminal, so that the program that started this one stops too.
    process.kill(0, 'SIGTSTP');
    clearTimeout(this.#resumeTimer);
    // A job without a shell does not stop, and nothing would tell it to go on.
    this.#resumeTimer = setTimeout(this.#resume, RESUME_MS);
  };

  readonly #resume = (): void => {
    clearTimeout(this.#resumeTimer);
    // The handler is off while the signal stops the process.
    process.off('SIGTSTP', this.#suspend).on('SIGTSTP', this.#suspend);
    this.#screen.resume();
    this.#draw();
  };

  #draw(): void {
    if (this.#isOver) return;
    clearTimeout(this.#changeTimer);
    const now = performance.now();
    const { size } = this.#screen;
    const { source, doorbell } = this.#monitor;
    const current = { ...this.#state, source, doorbell };
    const { state, shown, lines } = frameOf(current, size, { now, color: this.#color });
    this.#state = state;
    this.#shown = shown;
    this.#screen.draw(lines);
    if (state.held !== undefined) return;
    const waitMs = nextChangeMs(shown.rows, now, showsAges(size.width));
    if (waitMs !== undefined) this.#changeTimer = setTimeout(() => this.#draw(), Math.ceil(waitMs));
  }
}
