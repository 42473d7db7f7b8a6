import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ListenRecord,
  parseTraceLine,
} from '../../../../src/port-monitor/doorbells/tracefs/parse-trace.js';
import { listeningLine, listenLine, stateLine } from './trace-lines.js';

const RECORD: ListenRecord = {
  type: 'opened',
  family: 4,
  address: '127.0.0.1',
  port: 8080,
  pid: 4711,
  thread: 4711,
  isOwn: false,
  descriptor: null,
  atNs: 3_798_816_398_000n,
};

describe('a line of trace_pipe', () => {
  test('tells of a listener that opened, as the kernel wrote it', () => {
    const line =
      '        shutdown-13627   (  13626) [000] .....  3798.816398: inet_sock_set_state: family=AF_INET6 protocol=IPPROTO_TCP sport=55823 dport=0 saddr=127.0.0.6 daddr=0.0.0.0 saddrv6=::1 daddrv6=:: oldstate=TCP_CLOSE newstate=TCP_LISTEN';
    const record = { ...RECORD, family: 6, address: '::1', port: 55823, pid: 13626, thread: 13627 };
    expect(parseTraceLine(line)).toEqual({ kind: 'state', record });
  });

  test('has the thread where the process is not known, or not recorded', () => {
    const line = stateLine(RECORD);
    for (const group of ['(-------) ', '']) {
      const told = parseTraceLine(line.replace(/\( *\d+\) /, group));
      expect(told).toEqual({ kind: 'state', record: RECORD });
    }
  });

  test.each([
    ['0.0.0.0', 4],
    ['::', 6],
    ['::ffff:127.0.0.1', 6],
    ['fe80::5efe:c000:207', 6],
  ] as const)('has %s in canonical text', (address, family) => {
    const record = { ...RECORD, address, family };
    expect(parseTraceLine(stateLine(record))).toMatchObject({ record });
  });

  test('has an ISATAP address, which the kernel prints with a dotted quad, in canonical text', () => {
    const line = stateLine({ ...RECORD, family: 6, address: 'fe80::5efe:192.0.2.7' });
    expect(parseTraceLine(line)).toMatchObject({ record: { address: 'fe80::5efe:c000:207' } });
  });

  test('tells what listen() returned', () => {
    expect(parseTraceLine(listenLine(0, { thread: 7 }))).toEqual({
      kind: 'listened',
      thread: 7,
      failed: false,
    });
    expect(parseTraceLine(listenLine(-98, { thread: 7 }))).toEqual({
      kind: 'listened',
      thread: 7,
      failed: true,
    });
  });

  test.each([
    'sys_listen(fd: 1f, backlog: 80)',
    'sys_listen(fd: 0x1f, backlog: 0x80)',
    'sys_listen(int fd: 0x1f, int backlog: 0x80)',
  ])('tells that listen() begins, and of which descriptor: %s', (call) => {
    const line = listeningLine(31, { thread: 7 }).replace(/sys_listen.*/, call);
    expect(parseTraceLine(line)).toEqual({ kind: 'listening', thread: 7, descriptor: 31 });
  });

  test('tells how many were lost, as far as the kernel knows', () => {
    expect(parseTraceLine('CPU:0 [LOST 49290 EVENTS]')).toEqual({ kind: 'lost', count: 49290 });
    expect(parseTraceLine('CPU:12 [LOST EVENTS]')).toEqual({ kind: 'lost', count: 1 });
  });

  test('tells who bound a socket', () => {
    const line = listenLine(0, { thread: 7 }).replace('listen', 'bind');
    expect(parseTraceLine(line)).toEqual({ kind: 'bound', thread: 7 });
  });

  test('of an accepted connection, of a bind() that failed or of nothing tells nothing', () => {
    const accepted = stateLine({ ...RECORD, type: 'closed' }).replace(
      'newstate=TCP_CLOSE',
      'newstate=TCP_SYN_RECV',
    );
    expect(parseTraceLine(accepted)).toBeUndefined();
    expect(parseTraceLine(listenLine(-98, {}).replace('listen', 'bind'))).toBeUndefined();
    expect(parseTraceLine('')).toBeUndefined();
  });
});

describe('a process name', () => {
  const HOSTILE = [
    '-7 (8) [0] . 1',
    ' [000] ',
    'x-1 (1) [000] .',
    '-1 (',
    '1.000000: ',
    'sport=1 dport=0',
    '==> a <==',
    'CPU:0 [LOST 9',
    '(--------) [0]',
    '\x1b[31m\xff\xfe',
  ];
  const comm = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)),
      maxLength: 15,
    }),
    fc.string({ unit: fc.constantFrom(...'-( )[]0123.: \n'), maxLength: 15 }),
  );
  const record = fc.record({
    type: fc.constantFrom('opened', 'closed'),
    family: fc.constant(4 as const),
    address: fc.ipV4(),
    port: fc.integer({ min: 1, max: 65535 }),
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    thread: fc.integer({ min: 1, max: 99_999 }),
    isOwn: fc.constant(false),
    descriptor: fc.constant(null),
    atNs: fc.bigInt({ min: 0n, max: 10n ** 12n }).map((micros) => micros * 1000n),
  }) satisfies fc.Arbitrary<ListenRecord>;

  test('changes nothing of the record, whatever bytes it has', () => {
    fc.assert(
      fc.property(comm, record, (name, expected) => {
        const lines = stateLine(expected, { comm: name }).split('\n');
        const told = lines.map(parseTraceLine).filter((line) => line !== undefined);
        expect(told).toEqual([{ kind: 'state', record: expected }]);
      }),
      { numRuns: 5000 },
    );
  });

  test('makes nothing of a call that is no listener’s', () => {
    fc.assert(
      fc.property(comm, (name) => {
        const lines = listenLine(0, { comm: name, thread: 7 }).split('\n');
        const told = lines.map(parseTraceLine).filter((line) => line !== undefined);
        expect(told).toEqual([{ kind: 'listened', thread: 7, failed: false }]);
      }),
      { numRuns: 5000 },
    );
  });

  test('makes nothing of the beginning of a call that is no listener’s', () => {
    fc.assert(
      fc.property(comm, (name) => {
        const lines = listeningLine(31, { comm: name, thread: 7 }).split('\n');
        const told = lines.map(parseTraceLine).filter((line) => line !== undefined);
        expect(told).toEqual([{ kind: 'listening', thread: 7, descriptor: 31 }]);
      }),
      { numRuns: 5000 },
    );
  });

  test('random bytes are no records and no error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (line) => {
        expect(parseTraceLine(line)).toBeUndefined();
      }),
    );
  });
});
