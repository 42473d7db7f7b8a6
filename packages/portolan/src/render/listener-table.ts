import type { Listener, ListenerSocket, Process } from '@portolan/monitor';
import type { UserNames } from '../listeners/user-names.js';
import type { Style } from './color.js';
import { processName } from './process-name.js';
import { groupServices, type Service } from './services.js';
import { type Canvas, type Cell, type Column, type Concession, renderTable } from './table.js';
import { visibleText } from './visible-text.js';

/** How many addresses, names or pids of a service a terminal shows. The others are counted: `812, 813 +2`. */
const SHOWN_ON_TERMINAL = 2;

/** How many digits of a container's id people use. */
const SHORT_ID_LENGTH = 12;

/** How many characters of a place's name a terminal shows. */
const PLACE_LENGTH = 28;

/** What stands in place of a process's name. */
const MARKS = { hidden: '(hidden)', kernel: '(kernel)' } as const;

const CONCESSIONS: readonly Concession[] = [
  { header: 'COMMAND', to: 20 },
  { header: 'COMMAND', to: 'left out' },
  { header: 'PROCESS', to: 10 },
  { header: 'CONTAINER', to: 'left out' },
  { header: 'USER', to: 'left out' },
  { header: 'ADDRESS', to: 9 },
  { header: 'PID', to: 7 },
  { header: 'PROCESS', to: 6 },
  { header: 'PLACE', to: 12 },
  { header: 'PLACE', to: 'left out' },
  { header: 'PID', to: 'left out' },
  { header: 'ADDRESS', to: 'left out' },
  { header: 'PROTO', to: 'left out' },
];

/** What the table is made with besides the listeners. */
export interface TableOptions {
  readonly users: UserNames;
  /** True if the places are a column. */
  readonly hasPlaces: boolean;
}

/** The table for people, with a row for each service and columns only for what is known. Empty without listeners. */
export function renderListenerTable(
  listeners: readonly Listener[],
  canvas: Canvas,
  { users, hasPlaces }: TableOptions,
): string {
  if (listeners.length === 0) return '';
  const services = groupServices(listeners);
  const shorten = canvas.width !== undefined;
  const column = (header: string, texts: (service: Service) => readonly string[], style?: Style): Column => ({
    header,
    cells: services.map((service) => cellOf(texts(service), shorten, style)),
  });

  const columns = [
    ...(hasPlaces ? [column('PLACE', ({ place }) => [shorten ? shortPlace(place) : place])] : []),
    column('PROTO', ({ protocol }) => [protocol]),
    column('ADDRESS', ({ listeners }) => listeners.flatMap(addressTexts)),
    column('PORT', ({ port }) => [String(port)], 'bold'),
  ];
  const looked = services.some(
    ({ processes, otherHolders }) => processes !== null || otherHolders.length > 0,
  );
  if (looked) {
    columns.push(
      { header: 'PROCESS', cells: services.map((service) => processCell(service, shorten)) },
      column('PID', ({ processes }) => processes?.map(({ pid }) => String(pid)) ?? []),
    );
  }
  columns.push(column('USER', (service) => userTexts(service, users)));
  if (!looked) return renderTable(columns, CONCESSIONS, canvas);

  const idLength = shorten ? SHORT_ID_LENGTH : Number.POSITIVE_INFINITY;
  const containers = column('CONTAINER', (service) => containerTexts(service, idLength));
  if (services.some((service) => containerTexts(service, idLength).length > 0)) columns.push(containers);
  columns.push(column('COMMAND', ({ processes }) => commandLine(processes?.[0]), 'dim'));
  return renderTable(columns, CONCESSIONS, canvas);
}

/** Shortens a name in its middle: places of one kind begin alike, and paths differ at their ends. */
function shortPlace(place: string): string {
  const characters = [...place];
  if (characters.length <= PLACE_LENGTH) return place;
  const half = Math.floor(PLACE_LENGTH / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(1 - half).join('')}`;
}

function cellOf(texts: readonly string[], shorten: boolean, style?: Style): Cell {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return { text: '-', style: 'dim' };
  const shown = shorten ? distinct.slice(0, SHOWN_ON_TERMINAL) : distinct;
  const more = distinct.length - shown.length;
  return { text: shown.map(visibleText).join(', ') + (more > 0 ? ` +${more}` : ''), style };
}

/** IPv6 in brackets, the interface as a zone, and a remark if an IPv6 wildcard takes IPv4 too. */
function addressTexts({ family, address, sockets }: Listener): string[] {
  return sockets.map((socket) => {
    const zone = socket.interface === null ? '' : `%${socket.interface}`;
    if (family === 4) return `${address}${zone}`;
    return `[${address}${zone}]${takesIpv4(address, socket) ? ' and IPv4' : ''}`;
  });
}

function takesIpv4(address: string, { v6Only }: ListenerSocket): boolean {
  return address === '::' && v6Only === false;
}

function processCell({ processes, otherHolders }: Service, shorten: boolean): Cell {
  const counts = new Map<string, number>();
  for (const process of processes ?? []) {
    const name = processName(process);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
  const marks = otherHolders.map((holder) => MARKS[holder]);
  if (names.length === 0 && marks.length > 0) return { text: marks.join(', '), style: 'dim' };
  return cellOf([...names, ...marks], shorten, 'green');
}

/** The users of the processes, or the makers of the sockets if no process is seen. */
function userTexts({ place, processes, listeners }: Service, users: UserNames): string[] {
  const nameOf = (uid: number | null) => (uid === null ? [] : [users.nameAt(place, uid) ?? String(uid)]);
  if (processes !== null && processes.length > 0) {
    return processes.flatMap(({ user, uid }) => (user === null ? nameOf(uid) : [user]));
  }
  return listeners.flatMap(({ sockets }) => sockets.flatMap(({ uid }) => nameOf(uid)));
}

/** The containers of the processes, or of the sockets if no process is seen. */
function containerTexts({ processes, listeners }: Service, idLength: number): string[] {
  const contained = processes?.length ? processes : listeners.flatMap(({ sockets }) => sockets);
  return contained.flatMap(({ container }) => (container === null ? [] : [container.slice(0, idLength)]));
}

function commandLine(process: Process | undefined): string[] {
  return process?.commandLine ? [process.commandLine.join(' ')] : [];
}
