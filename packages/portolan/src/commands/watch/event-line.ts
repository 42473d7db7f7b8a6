import {
  formatEndpoint,
  type Listener,
  type MissedEvents,
  type PortEvent,
  type PortRange,
  type Process,
} from '@portolan/monitor';
import { type Style, styled } from '../../render/color.js';
import { processText } from '../../render/process-name.js';
import { textWidth } from '../../render/text-width.js';
import { PLACE_WORDS, reasonOf } from '../../render/unseen-places.js';
import { visibleText } from '../../render/visible-text.js';

/** Wide enough to align most endpoints of IPv4 and of loopback. */
const ENDPOINT_WIDTH = 22;

const SIGNS = {
  initial: { text: '=', style: 'dim' },
  opened: { text: '+', style: 'green' },
  closed: { text: '-', style: 'red' },
  changed: { text: '~', style: 'yellow' },
  note: { text: '!', style: 'yellow' },
} as const satisfies Record<string, { text: string; style: Style }>;

/** How an event is written. */
export interface EventLineOptions {
  readonly color: boolean;
  /** The width of the column of places; undefined if there is none. */
  readonly placeWidth?: number | undefined;
}

/** One line for people: time, sign, place if there are several, protocol, endpoint, process, and how long it was open. */
export function renderEvent(event: PortEvent | MissedEvents, options: EventLineOptions): string {
  const [sign, text] = eventText(event, options);
  return line(event.at, sign, placeCell(event, options) + text, options.color);
}

function placeCell(event: PortEvent | MissedEvents, { placeWidth }: EventLineOptions): string {
  if (placeWidth === undefined) return '';
  const place = 'place' in event ? visibleText(event.place) : '';
  return `${place}${' '.repeat(Math.max(0, placeWidth - textWidth(place)))}  `;
}

function eventText(
  event: PortEvent | MissedEvents,
  { placeWidth }: EventLineOptions,
): [sign: keyof typeof SIGNS, text: string] {
  switch (event.type) {
    case 'opened':
      return [event.initial ? 'initial' : 'opened', listenerText(event.listener)];
    case 'closed':
      return ['closed', `${listenerText(event.listener)}  open for ${durationText(event.openMs)}`];
    case 'changed': {
      const was = event.changes.includes('sockets') ? `, was ${holdersText(event.previous)}` : '';
      return ['changed', `${listenerText(event.listener)}${was}`];
    }
    case 'source': {
      const origin = event.source === null ? 'no answer' : `now looking through ${event.source}`;
      return ['note', `${origin}: ${visibleText(event.reason)}`];
    }
    case 'place': {
      const place = placeWidth === undefined ? `${visibleText(event.place)} ` : '';
      const reason = event.reason === null ? '' : `: ${visibleText(event.reason)}`;
      return ['note', `${place}${PLACE_WORDS[event.state]}${reason}`];
    }
    case 'error':
      return ['note', visibleText(errorText(event.error, placeWidth !== undefined))];
    case 'missed':
      return ['note', `${event.count ?? 'some'} events were missed`];
  }
}

/** What an error says. Beside the name of a place it need not name the place once more. */
function errorText(error: Error, hasPlace: boolean): string {
  return hasPlace ? reasonOf(error) : error.message;
}

/**
 * The line that says at the start that nobody listens on ports that were named.
 *
 * @param ofSome true if only the listeners of some owners count
 */
export function renderNotOpen(
  { from, to }: PortRange,
  at: Date,
  { color, ofSome }: { readonly color: boolean; readonly ofSome: boolean },
): string {
  const [ports, isNot] =
    from === to
      ? [`port ${from}`, `port ${from} is not open`]
      : [`the ports ${from}-${to}`, `no port of ${from}-${to} is open`];
  return line(at, 'initial', ofSome ? `nothing that matches listens on ${ports}` : isNot, color);
}

function line(at: Date, sign: keyof typeof SIGNS, text: string, color: boolean): string {
  const { text: mark, style } = SIGNS[sign];
  return `${timeText(at)}  ${color ? styled(mark, style) : mark}  ${text}\n`;
}

function listenerText(listener: Listener): string {
  const endpoint = formatEndpoint(listener).padEnd(ENDPOINT_WIDTH);
  return `${listener.protocol}  ${endpoint}  ${holdersText(listener)}`.trimEnd();
}

function holdersText({ processes, sockets }: Listener): string {
  if (processes !== null && processes.length > 0) return processesText(processes);
  if (sockets.some(({ holder }) => holder === 'kernel')) return '(kernel)';
  return sockets.some(({ holder }) => holder === 'hidden') ? '(hidden)' : '';
}

function processesText(processes: readonly Process[]): string {
  const [first, ...others] = processes;
  const more = others.length > 0 ? ` +${others.length}` : '';
  return first === undefined ? '' : `${visibleText(processText(first))}${more}`;
}

function timeText(at: Date): string {
  const digits = (value: number, length = 2) => String(value).padStart(length, '0');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((value) => digits(value)).join(':');
  return `${time}.${digits(at.getMilliseconds(), 3)}`;
}

/** `0.15 ms`, `340 ms`, `5.9 s`, `12 min`, `3 h 5 min`. */
function durationText(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
