import { describe, expect, it } from 'vitest';
import { nextChangeMs } from '../../../src/commands/top/next-change.js';
import { heldListener, listener, processOf } from '../../listeners.js';
import { TopScreen } from './top-screen.js';

const WEB = heldListener([processOf()], { port: 3000 });
const API = heldListener(
  [processOf({ pid: 900, name: 'api', user: 'root', uid: 0, commandLine: ['/api'] })],
  {
    port: 4000,
  },
);
const DATABASE = heldListener([processOf({ pid: 700, name: 'db', commandLine: ['db', '-D', '/data'] })], {
  port: 5000,
});
const ESCAPE = '\\x1b';
const styledRow = (style: string, sign: string) => new RegExp(`^${ESCAPE}\\[${style}m[${sign}] tcp.*3000`);
const ALL = [WEB, API, DATABASE];

describe('the table', () => {
  it('shows a row a service, as list does, and for how long it has been open where that is known', () => {
    const screen = new TopScreen([API]).look([API, WEB]).wait(61_000);
    expect(screen.lines.slice(0, 3)).toEqual([
      '  PROTO  ADDRESS    PORT  PROCESS  PID  USER  COMMAND                                       OPEN FOR',
      '  tcp    127.0.0.1  3000  node     812  ada   node server.js                                   1 min',
      '  tcp    127.0.0.1  4000  api      900  root  /api                                                 -',
    ]);
    expect(screen.status).toMatch(/^2 listeners {2}by port {3}\? help/);
  });

  it('shows the port and the process on the smallest of screens', () => {
    const screen = new TopScreen([WEB, API], { width: 20, height: 5 });
    expect(screen.lines.slice(0, 3)).toEqual(['  PORT  PROCESS', '  3000  node', '  4000  api']);
  });

  it('marks a new row for two seconds, first more and then less', () => {
    const screen = new TopScreen([API]).look([API, WEB]);
    screen.color = true;
    const line = () => screen.frame().lines[1];
    expect(line()).toMatch(styledRow('1;32;7', '+'));
    screen.wait(1000);
    expect(line()).toMatch(styledRow('1;32', '+'));
    screen.wait(1000);
    expect(line()).toMatch(/^ {2}tcp/);
  });

  it('keeps a closed row, struck, for two seconds', () => {
    const screen = new TopScreen(ALL).look([API, DATABASE]);
    screen.color = true;
    const line = () => screen.frame().lines[1];
    expect(line()).toMatch(styledRow('31;9', '-'));
    expect(screen.status).toMatch(/^2 listeners/);
    screen.wait(1000);
    expect(line()).toMatch(styledRow('2;9', '-'));
    screen.wait(1000);
    expect(screen.ports).toEqual([4000, 5000]);
  });

  it('needs no colour to tell new and closed rows', () => {
    const screen = new TopScreen([API]).look([WEB]);
    expect(screen.rows.map((row) => row[0])).toEqual(['+', '-']);
    expect(screen.frame().lines.join('')).not.toMatch(new RegExp(`${ESCAPE}\\[[\\d;]*3\\d`));
  });

  it('shows what came and went between two looks', () => {
    expect(new TopScreen([]).look([], [WEB]).rows).toEqual([expect.stringMatching(/^- tcp.*3000.* 0 s$/)]);
  });

  it('marks a port that another process took over as new', () => {
    const other = listener({ ...WEB, processes: [processOf({ pid: 999 })], sockets: [{ inode: 2000 }] });
    expect(new TopScreen([WEB]).look([other]).rows).toEqual([expect.stringMatching(/^\+ tcp.* 999 /)]);
  });

  it('does not strike a service of which only one address closed', () => {
    const twin = heldListener([processOf()], { port: 3000, family: 6, address: '::1' });
    const screen = new TopScreen([WEB, twin]).look([WEB]);
    expect(screen.rows).toEqual([expect.stringMatching(/^ {2}tcp/)]);
  });

  it('says so where nothing listens, and where nothing matches', () => {
    expect(new TopScreen().rows).toEqual(['nothing listens here']);
    expect(new TopScreen(ALL).type('/nowhere').rows).toEqual(['nothing matches the search']);
  });

  it('changes by itself only while something flashes, fades or grows older', () => {
    const screen = new TopScreen(ALL);
    const next = (hasAges = true) => nextChangeMs(screen.frame().shown.rows, screen.now, hasAges);
    expect(next()).toBeUndefined();
    screen.look([...ALL, listener({ port: 6000 })]).wait(300);
    expect(next()).toBe(700);
    screen.wait(2000);
    expect(next()).toBe(700);
    expect(next(false)).toBeUndefined();
    screen.wait(3_600_000);
    expect(next()).toBe(60_000 - 2300);
    screen.look(ALL).wait(1500);
    expect(next()).toBe(500);
  });
});

describe('a key', () => {
  it.each([
    ['s', [3000, 4000, 5000], 'protocol'],
    ['4', [4000, 5000, 3000], 'process'],
    ['5', [5000, 3000, 4000], 'pid'],
    ['5S', [4000, 3000, 5000], 'pid, reversed'],
    ['6', [3000, 5000, 4000], 'user'],
    ['ssssss', [3000, 4000, 5000], 'port'],
  ])('%s sorts', (keys, ports, order) => {
    const screen = new TopScreen(ALL).type(keys);
    expect(screen.ports).toEqual(ports);
    expect(screen.status).toContain(`by ${order} `);
  });

  it.each([
    ['j', 3000],
    ['jj', 4000],
    ['jjk', 3000],
    ['jk', 3000],
    ['\x1b[B\x1b[B\x1b[A', 3000],
    ['G', 5000],
    ['G\x1b[H', 3000],
    ['\x1b[6~', 5000],
    ['k', 5000],
    ['jjjjjj', 5000],
    ['j\x1b', undefined],
  ])('%j moves the selection', (keys, port) => {
    expect(new TopScreen(ALL).type(keys).selectedPort).toBe(port);
  });

  it.each([
    ['50', [5000]],
    ['127.0', [3000, 4000, 5000]],
    ['NODE', [3000]],
    ['server.js', [3000]],
    ['ada', [3000, 5000]],
    ['ada db', [5000]],
    ['tcp 4', [4000]],
  ])('/ searches for %s', (text, ports) => {
    const screen = new TopScreen(ALL).type(`/${text}`);
    expect(screen.ports).toEqual(ports);
    expect(screen.status).toMatch(new RegExp(`^/${text} {4}\\d rows?$`));
    expect(screen.type('\r').ports).toEqual(ports);
    expect(screen.status).toContain(`  /${text}`);
  });

  it('Escape gives a search up, and Backspace takes back what was typed', () => {
    const screen = new TopScreen(ALL).type('/nodex\x7f');
    expect(screen.ports).toEqual([3000]);
    expect(screen.type('\x1b').ports).toEqual([3000, 4000, 5000]);
    expect(screen.type('/node\r').ports).toEqual([3000]);
    expect(screen.type('\x1b').ports).toEqual([3000, 4000, 5000]);
  });

  it('p holds what is shown, and goes on with what happened meanwhile', () => {
    const screen = new TopScreen(ALL).type('p').look([WEB]).wait(500);
    expect(screen.ports).toEqual([3000, 4000, 5000]);
    expect(screen.rows.map((row) => row[0])).toEqual([' ', ' ', ' ']);
    expect(screen.status).toMatch(/^HELD/);
    screen.wait(5000).type('p');
    expect(screen.ports).toEqual([3000]);
  });

  it('? explains the keys until another one', () => {
    const screen = new TopScreen(ALL).type('?');
    expect(screen.lines[0]).toBe('Keys');
    expect(screen.type('x').lines[0]).toContain('PROTO');
    expect(screen.effects).toEqual([]);
  });

  it.each(['q', '?q', '\x03', '/\x03', 'jx\x03'])('%j quits', (keys) => {
    expect(new TopScreen(ALL).type(keys).effects).toEqual([{ type: 'quit' }]);
  });
});

describe('the selection', () => {
  it('stays on its service when rows come and go', () => {
    const screen = new TopScreen(ALL).type('jj');
    screen.look([...ALL, listener({ port: 80 })]);
    expect(screen.selectedPort).toBe(4000);
    screen.type('5');
    expect(screen.selectedPort).toBe(4000);
  });

  it('stays on the port that another process took over', () => {
    const restarted = heldListener([processOf({ pid: 4242 })], { port: 4000, address: '0.0.0.0' });
    const screen = new TopScreen(ALL).type('jj').look([WEB, restarted, DATABASE]).wait(3000);
    expect(screen.selectedPort).toBe(4000);
  });

  it('goes to the next row when its own is gone', () => {
    const screen = new TopScreen(ALL).type('jj').look([WEB, DATABASE]);
    expect(screen.selectedPort).toBe(4000);
    expect(screen.wait(2000).selectedPort).toBe(5000);
    expect(screen.look([]).wait(2000).selectedPort).toBeUndefined();
  });

  it('is always on the screen', () => {
    const many = Array.from({ length: 100 }, (_, index) => listener({ port: index + 1 }));
    const screen = new TopScreen(many, { height: 12 }).type('G');
    expect(screen.rows.at(-1)).toContain(' 100 ');
    screen.type('\x1b[5~');
    expect(screen.selectedPort).toBe(91);
    screen.type('i');
    expect(screen.rows.some((row) => row.includes('  91 '))).toBe(true);
    screen.type('G');
    expect(screen.rows.some((row) => row.includes('  100 '))).toBe(true);
    screen.type('g');
    expect(screen.rows[0]).toContain('  1 ');
  });
});

describe('the details', () => {
  it.each(['\r', 'i'])('are not turned on by %j where there is no row', (key) => {
    const screen = new TopScreen().type(key).look([WEB]).type('j');
    expect(screen.rows).toHaveLength(1);
  });

  it('tell all that is known of the row', () => {
    const sockets = [
      { inode: 77, cgroup: '/system.slice/web.service', holder: 'process' as const, uid: 0 },
      { inode: 78, interface: 'eth0', holder: 'process' as const },
    ];
    const worker = processOf({ pid: 813, commandLine: ['node', 'worker.js'] });
    const startedAt = new Date(2026, 10, 24, 4, 5, 6);
    const web = listener({ processes: [processOf({ startedAt }), worker], sockets });
    expect(new TopScreen([web], { height: 24 }).type('\r').rows.slice(1)).toEqual([
      expect.stringMatching(/^── tcp 3000 ─+$/),
      'process    node (pid 812)  parent 1  user ada  started 2026-11-24 04:05:06',
      'executable /usr/bin/node',
      'directory  /srv',
      'command    node server.js',
      'socket     tcp 127.0.0.1:3000  inode 77  backlog 0 of 511  made by root  cgroup',
      '           /system.slice/web.service',
      'socket     tcp 127.0.0.1:3000  on eth0  inode 78  backlog 0 of 511  made by ada',
      'also       node (pid 813)  node worker.js',
    ]);
  });

  it('name the parents of the process, its unit and container, and whose it is', () => {
    const startedAt = new Date(2026, 10, 24, 3, 0, 0);
    const web = heldListener([processOf({ pid: 12, startedAt, unit: 'web.service', container: 'c0ffee' })], {
      owners: ['--tree 3', 'TERMINAL_ID=7'],
    });
    const ancestors = [
      { pid: 11, name: 'npm\x1b[2J' },
      { pid: 3, name: 'bash' },
      { pid: 2, name: 'node-MainThread' },
    ];
    expect(new TopScreen([web], { height: 30, ancestors }).type('i').rows.slice(2, 10)).toEqual([
      'process    node (pid 12)  user ada  started 2026-11-24 03:00:00',
      'parents    node (pid 12) < npm\\x1b[2J (pid 11) < bash (pid 3) < node (pid 2)',
      'executable /usr/bin/node',
      'directory  /srv',
      'command    node server.js',
      'unit       web.service',
      'container  c0ffee',
      'owners     --tree 3, TERMINAL_ID=7',
    ]);
  });

  it('tell the pid that a process of another pid namespace has there', () => {
    const web = heldListener([processOf({ namespacePid: 4 })]);
    expect(new TopScreen([web], { height: 30 }).type('i').rows).toContainEqual(
      expect.stringMatching(/^process {4}node \(pid 812\) {2}pid 4 in its namespace {2}parent 1 /),
    );
  });

  it('tell of the unit and the container also where the process is hidden', () => {
    const hidden = { holder: 'hidden' as const, unit: 'ssh.service', container: 'c0ffee' };
    expect(
      new TopScreen([listener({ processes: [], sockets: [hidden] })]).type('i').rows.slice(2, 4),
    ).toEqual(['unit       ssh.service', 'container  c0ffee']);
  });

  it.each([
    [{ address: '172.17.0.2', port: 80 }, '172.17.0.2:80 in a container'],
    [{ address: 'fd00::2', port: 80 }, '[fd00::2]:80 in a container'],
    [{ address: null, port: null }, 'a container'],
  ])('tell where the proxy of a container leads', (leadsTo, text) => {
    const proxy = heldListener([processOf({ name: 'docker-proxy', leadsTo })]);
    expect(new TopScreen([proxy], { height: 24 }).type('i').rows).toContain(`leads to   ${text}`);
  });

  it('leave half of the screen to the table, and say what they leave out', () => {
    const web = listener({ sockets: Array.from({ length: 30 }, (_, inode) => ({ inode })) });
    const { lines } = new TopScreen([web], { height: 12 }).type('i');
    expect(lines.slice(6)).toEqual([
      expect.stringContaining('──'),
      ...Array(3).fill(expect.stringMatching(/^socket/)),
      '… 27 more lines',
      expect.stringContaining('1 listener'),
    ]);
  });
});

describe('several places', () => {
  const at = (place: string, pid: number) => heldListener([processOf({ pid })], { place });
  const both = [at('netns:blue', 8), at('self', 9)];

  it('are a column, in the details and in the number of what is open', () => {
    const screen = new TopScreen(both, { hasPlaces: true }).type('i');
    expect(screen.lines[0]).toMatch(/^ {2}PLACE +PROTO /);
    expect(screen.rows.slice(0, 3)).toEqual([
      expect.stringMatching(/^ {2}netns:blue +tcp .* 8 /),
      expect.stringMatching(/^ {2}self +tcp .* 9 /),
      expect.stringMatching(/^── netns:blue tcp 3000 ─/),
    ]);
    expect(screen.status).toMatch(/^2 listeners in 2 places {2}by port /);
    expect(new TopScreen(both.slice(1), { hasPlaces: true }).status).toMatch(/^1 listener in 1 place /);
  });

  it('are searched for', () => {
    expect(new TopScreen(both, { hasPlaces: true }).type('/BLUE').rows).toHaveLength(1);
    expect(new TopScreen(both, { hasPlaces: true }).type('/self').rows).toHaveLength(1);
    expect(new TopScreen(both.slice(1)).type('/self').rows).toEqual(['nothing matches the search']);
  });

  it('keep the selection on the row where it was', () => {
    const screen = new TopScreen(both, { hasPlaces: true }).type('jj');
    const taken = { ...at('self', 10), sockets: [] };
    expect(
      screen
        .look([both[0] ?? taken, taken])
        .wait(3000)
        .frame().state.selection?.index,
    ).toBe(1);
  });
});
