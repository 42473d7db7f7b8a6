import type { Listener } from '@portolan/monitor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserNames } from '../../src/listeners/user-names.js';
import { renderListenerTable } from '../../src/render/listener-table.js';
import { heldListener, listener, processOf } from '../listeners.js';

const USERS = new UserNames('root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n');

const NGINX = [
  processOf({
    pid: 200,
    name: 'nginx',
    user: 'root',
    uid: 0,
    commandLine: ['nginx: master process', 'nginx'],
  }),
  processOf({ pid: 201, name: 'nginx', user: 'www', uid: 33 }),
  processOf({ pid: 202, name: 'nginx', user: 'www', uid: 33 }),
  processOf({ pid: 203, name: 'nginx', user: 'www', uid: 33 }),
];

describe('the table in a pipe', () => {
  it('shows everything, uncut', () => {
    const listeners = [
      listener({ port: 22, address: '0.0.0.0', processes: [], sockets: [{ uid: 0, holder: 'hidden' }] }),
      heldListener(NGINX, { port: 80, address: '0.0.0.0' }),
      heldListener(NGINX, { port: 80, address: '::', family: 6 }),
      heldListener([processOf({ container: 'c0ffee'.repeat(10) })]),
      listener({ protocol: 'udp', port: 4789, processes: [], sockets: [{ uid: 0, holder: 'kernel' }] }),
    ];
    expect(inPipe(listeners)).toBe(
      `PROTO  ADDRESS        PORT  PROCESS   PID                 USER       CONTAINER                                                     COMMAND
tcp    0.0.0.0        22    (hidden)  -                   root       -                                                             -
tcp    0.0.0.0, [::]  80    nginx ×4  200, 201, 202, 203  root, www  -                                                             nginx: master process nginx
tcp    127.0.0.1      3000  node      812                 ada        ${'c0ffee'.repeat(10)}  node server.js
udp    127.0.0.1      4789  (kernel)  -                   root       -                                                             -
`,
    );
  });

  it('names the container of a socket whose process is hidden', () => {
    const hidden = { holder: 'hidden' as const, uid: 0, container: 'c0ffee' };
    expect(inPipe([listener({ processes: [], sockets: [hidden] })])).toBe(
      `PROTO  ADDRESS    PORT  PROCESS   PID  USER  CONTAINER  COMMAND
tcp    127.0.0.1  3000  (hidden)  -    root  c0ffee     -
`,
    );
  });

  it('has no columns for processes where nobody looked for them', () => {
    expect(inPipe([listener({ sockets: [{ uid: 1000 }] })])).toBe(
      'PROTO  ADDRESS    PORT  USER\ntcp    127.0.0.1  3000  ada\n',
    );
  });

  it('is empty where nothing listens', () => {
    expect(inPipe([])).toBe('');
  });

  it('shows a user without a name by number', () => {
    expect(inPipe([listener({ sockets: [{ uid: 4242 }] })])).toContain(' 4242\n');
  });
});

describe('an address in the table', () => {
  const addressOf = (one: Listener) => inPipe([one]).split('\n')[1]?.split(/ {2,}/)[1];

  it.each<[string, Listener]>([
    ['0.0.0.0', listener({ address: '0.0.0.0' })],
    ['127.0.0.53%lo', listener({ address: '127.0.0.53', sockets: [{ interface: 'lo' }] })],
    ['[::]', listener({ family: 6, address: '::', sockets: [{ v6Only: true }] })],
    ['[::]', listener({ family: 6, address: '::', sockets: [{ v6Only: null }] })],
    ['[::] and IPv4', listener({ family: 6, address: '::', sockets: [{ v6Only: false }] })],
    ['[::1]', listener({ family: 6, address: '::1', sockets: [{ v6Only: false }] })],
    ['[fe80::1%eth0]', listener({ family: 6, address: 'fe80::1', sockets: [{ interface: 'eth0' }] })],
    ['[::ffff:127.0.0.1]', listener({ family: 6, address: '::ffff:127.0.0.1' })],
  ])('reads %s', (text, one) => {
    expect(addressOf(one)).toBe(text);
  });

  it('stands once for sockets that share it, and once for each device', () => {
    const one = listener({ sockets: [{ interface: 'a' }, { interface: 'b' }, { interface: 'b' }] });
    expect(addressOf(one)).toBe('127.0.0.1%a, 127.0.0.1%b');
  });
});

describe('a row of the table', () => {
  const rows = (listeners: Listener[]) => inPipe(listeners).trimEnd().split('\n').length - 1;

  it('holds all addresses of a port that the same processes listen on', () => {
    expect(rows([heldListener(NGINX), heldListener(NGINX, { address: '10.0.0.1' })])).toBe(1);
  });

  it('holds one place, one protocol, one port and one set of processes', () => {
    const other = [processOf({ pid: 9 })];
    expect(rows([heldListener(NGINX), heldListener(NGINX, { protocol: 'udp' })])).toBe(2);
    expect(rows([heldListener(NGINX), heldListener(NGINX, { port: 81 })])).toBe(2);
    expect(rows([heldListener(NGINX), heldListener(other, { address: '127.0.0.2' })])).toBe(2);
    expect(rows([heldListener(NGINX), heldListener(NGINX, { place: 'netns:blue' })])).toBe(2);
  });

  it('joins only the twins of IPv4 and IPv6 where the processes are not known', () => {
    const any = listener({ address: '0.0.0.0' });
    expect(rows([any, listener({ address: '::', family: 6 })])).toBe(1);
    expect(rows([listener(), listener({ address: '::1', family: 6 })])).toBe(1);
    expect(rows([any, listener({ address: '::', family: 6, sockets: [{ uid: 0 }] })])).toBe(2);
    expect(rows([listener(), listener({ address: '127.0.0.53' })])).toBe(2);
  });
});

describe('the table on a terminal', () => {
  const LISTENERS = [
    heldListener([processOf({ container: 'c0ffee'.repeat(10), name: 'next-server (v1' })]),
    heldListener(NGINX, { port: 80, address: '0.0.0.0' }),
  ];

  it('shows the command line as far as it fits', () => {
    const wide = renderListenerTable(
      LISTENERS,
      { width: 99, color: false },
      { users: USERS, hasPlaces: false },
    );
    expect(wide).toBe(
      `PROTO  ADDRESS    PORT  PROCESS          PID          USER       CONTAINER     COMMAND
tcp    127.0.0.1  3000  next-server (v1  812          ada        c0ffeec0ffee  node server.js
tcp    0.0.0.0    80    nginx ×4         200, 201 +2  root, www  -             nginx: master proce…
`,
    );
  });

  it('gives up the command, cuts the process, then leaves out container and user', () => {
    const at = (width: number) =>
      renderListenerTable(LISTENERS, { width, color: false }, { users: USERS, hasPlaces: false }).split(
        '\n',
      )[0];
    expect(at(85)).toBe('PROTO  ADDRESS    PORT  PROCESS          PID          USER       CONTAINER');
    expect(at(75)).toBe('PROTO  ADDRESS    PORT  PROCESS        PID          USER       CONTAINER');
    expect(at(65)).toBe('PROTO  ADDRESS    PORT  PROCESS          PID          USER');
    expect(at(54)).toBe('PROTO  ADDRESS    PORT  PROCESS          PID');
  });

  it.each([40, 50, 60, 72, 80, 100, 132, 200])('fits a terminal of %i', (width) => {
    const table = renderListenerTable(LISTENERS, { width, color: false }, { users: USERS, hasPlaces: false });
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('tells the place where there are several, shortened at first, and leaves it out at last', () => {
    const long = 'netns:/run/docker/netns/5df907bc7daa';
    const at = (width: number | undefined) =>
      renderListenerTable(
        ['netns:blue', long].map((place) => ({ ...heldListener([processOf()]), place })),
        { width, color: false },
        { users: USERS, hasPlaces: true },
      ).split('\n');
    expect(at(undefined)[2]).toBe(`${long}  tcp    127.0.0.1  3000  node     812  ada   node server.js`);
    expect(at(100).slice(0, 3)).toEqual([
      'PLACE                         PROTO  ADDRESS    PORT  PROCESS  PID  USER  COMMAND',
      'netns:blue                    tcp    127.0.0.1  3000  node     812  ada   node server.js',
      'netns:/run/doc…/5df907bc7daa  tcp    127.0.0.1  3000  node     812  ada   node server.js',
    ]);
    expect(at(52).slice(0, 2)).toEqual([
      expect.stringMatching(/^PLACE .* PID$/),
      expect.stringMatching(/^netns:blue .* 812$/),
    ]);
    expect(at(45)[0]).toBe('PROTO  ADDRESS    PORT  PROCESS  PID');
  });

  it('names no user of this machine at a place with users of its own', () => {
    const one = listener({ place: 'ssh:db', sockets: [{ uid: 1000 }] });
    expect(inPipe([one])).toContain(' 1000\n');
    expect(inPipe([{ ...one, place: 'netns:blue' }])).toContain(' ada\n');
  });

  it('colours only where it may', () => {
    const [one] = LISTENERS;
    const render = (color: boolean) =>
      renderListenerTable(one ? [one] : [], { width: 80, color }, { users: USERS, hasPlaces: false });
    expect(render(true)).toContain('\x1b[1m3000\x1b[22m');
    expect(render(false)).not.toContain('\x1b');
  });
});

it('never lets a control character of a process through', () => {
  const hostile = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      hostile,
      hostile,
      hostile,
      fc.option(hostile),
      fc.option(fc.nat(300)),
      (name, argument, device, container, width) => {
        const processes = [processOf({ name, user: name, commandLine: [argument, name], container })];
        const hostileListener = listener({ processes, sockets: [{ interface: device, holder: 'process' }] });
        const table = renderListenerTable(
          [hostileListener],
          { width: width ?? undefined, color: false },
          { users: USERS, hasPlaces: false },
        );
        expect(table.split('\n')).toHaveLength(3);
        expect(table.replaceAll('\n', '')).not.toMatch(/\p{C}|\p{Zl}|\p{Zp}/u);
      },
    ),
    { numRuns: 1000 },
  );
});

function inPipe(listeners: Listener[]): string {
  return renderListenerTable(
    listeners,
    { width: undefined, color: false },
    { users: USERS, hasPlaces: false },
  );
}

it('calls Node what people call it', () => {
  const held = heldListener([processOf({ name: 'node-MainThread' })]);
  expect(
    renderListenerTable([held], { width: undefined, color: false }, { users: USERS, hasPlaces: false }),
  ).toMatch(/ node /);
});
