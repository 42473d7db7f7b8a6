import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BoundSocket, boundSocket } from '../../../src/listener.js';
import { parseLsof } from '../../../src/sources/lsof/parse-lsof.js';
import { damaged } from '../../fixtures/damage.js';
import { LINUX_LSOF, lsofOutput, MAC_LSOF } from '../../fixtures/lsof-output.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';

function parse(output: Buffer) {
  return parseLsof(output.toString('latin1'), (index) => ['lo0', 'en0'][index - 1] ?? null);
}

/** The listeners in a line each, with who holds them. */
function lines({ sockets }: { readonly sockets: readonly BoundSocket[] }): string[] {
  return sockets.map(
    ({ protocol, family, address, port, pids }) => `${protocol}${family} ${address} ${port} ${pids}`,
  );
}

/** What is read of one open file of a process. */
function parseFile(file: string) {
  return parse(lsofOutput(`p1|R0|cinit|u0|Lroot|\nf3|${file}|`));
}

describe('the output of lsof on Linux', () => {
  test('gives each socket that listens once, with all who hold it', () => {
    expect(lines(parse(LINUX_LSOF))).toEqual([
      'tcp4 0.0.0.0 1 4228,4279',
      'tcp4 127.0.0.1 2 4228',
      'tcp6 :: 3 4228',
      'tcp6 ::1 5 4228',
      'tcp6 fe80::80ff:fe00:1 6 4228',
      'tcp6 ::ffff:127.0.0.1 7 4228',
      'udp4 127.0.0.1 10 4228',
    ]);
  });

  test('has inodes and who waits, and null for what it does not tell', () => {
    const { sockets, processes } = parse(LINUX_LSOF);
    expect(sockets[1]).toEqual(
      boundSocket({
        protocol: 'tcp',
        family: 4,
        address: '127.0.0.1',
        port: 2,
        inode: 44130,
        backlog: 1,
        pids: [4228],
      }),
    );
    const name = 'a\np1\nc^[\ufffd\u00e9b\\';
    expect(processes.get(4228)).toEqual({ pid: 4228, parentPid: 4226, name, uid: 0, user: 'root' });
  });

  test('has no name for a user whom nobody has named', () => {
    expect(parse(LINUX_LSOF).processes.get(4279)).toEqual({
      pid: 4279,
      parentPid: 4228,
      name: 'worker',
      uid: 12345,
      user: null,
    });
  });

  test('keeps a link-local address as it is, whatever its second group', () => {
    const { sockets } = parseFile('tIPv6|d5|PTCP|n[fe80:1::1]:80|TST=LISTEN');
    expect(sockets).toMatchObject([{ address: 'fe80:1::1', interface: null }]);
  });
});

describe('the output of lsof on macOS', () => {
  test('gives each socket that listens once, with all who hold it', () => {
    expect(lines(parse(MAC_LSOF))).toEqual([
      'tcp6 :: 22 1',
      'tcp4 0.0.0.0 22 1',
      'tcp6 fe80::aede:48ff:fe00:1122 49154 109',
      'udp4 0.0.0.0 5353 332',
      'udp6 :: 5353 332',
      'udp6 fe80::1 53 332',
      'tcp4 127.0.0.1 5500 853',
      'tcp6 :: 8080 13122,13130',
      'tcp6 ::ffff:127.0.0.1 9229 13122',
    ]);
    expect(parse(MAC_LSOF).skipped).toBe(0);
  });

  test('has no inode and tells of nobody who waits', () => {
    for (const socket of parse(MAC_LSOF).sockets)
      expect(socket).toMatchObject({ inode: null, backlog: null, backlogLimit: null, v6Only: null });
  });

  test('names the interface of a link-local address, be it by number or by name', () => {
    const named = parse(MAC_LSOF).sockets.filter((socket) => socket.interface !== null);
    expect(named.map((socket) => [socket.port, socket.interface])).toEqual([
      [49154, 'lo0'],
      [53, 'lo0'],
    ]);
    const { sockets } = parseFile('tIPv6|d0x1|PTCP|n[fe80:9::1]:80|TST=LISTEN');
    expect(sockets).toMatchObject([{ address: 'fe80::1', interface: null }]);
  });

  test('has names with spaces and other languages in them', () => {
    expect(parse(MAC_LSOF).processes.get(853)?.name).toBe('Code H');
    const { processes } = parse(
      lsofOutput(String.raw`p5|cf\xc3\xbcr\tC:\\new|u1|
f3|tIPv4|d0x1|PUDP|n*:9|`),
    );
    expect(processes.get(5)?.name).toBe('für\tC:\\new');
  });

  test('tells the sockets of a SO_REUSEPORT group apart by their devices', () => {
    const output = lsofOutput(`
      p5|ca|u1|
      f3|tIPv4|d0x1|PTCP|n*:80|TST=LISTEN|
      p6|ca|u1|
      f3|tIPv4|d0x2|PTCP|n*:80|TST=LISTEN|`);
    expect(lines(parse(output))).toEqual(['tcp4 0.0.0.0 80 5', 'tcp4 0.0.0.0 80 6']);
  });
});

describe('a row of lsof', () => {
  test.each([
    'tIPv4|d5|PTCP|n127.0.0.256:80|TST=LISTEN',
    'tIPv4|d5|PTCP|n127.0.0.1:0|TST=LISTEN',
    'tIPv4|d5|PTCP|n127.0.0.1:65536|TST=LISTEN',
    'tIPv4|d5|PTCP|n[::1]:80|TST=LISTEN',
    'tIPv6|d5|PTCP|n[::1::]:80|TST=LISTEN',
    'tIPv4|d5|PTCP|nlocalhost:http|TST=LISTEN',
    'tIPv4|d5|PTCP|TST=LISTEN',
  ])('that reads %s is passed over and counted', (file) => {
    expect(parseFile(file)).toMatchObject({ sockets: [], skipped: 1 });
  });

  test.each([
    'tIPv4|d5|PTCP|n127.0.0.1:80',
    'tIPv4|d5|PTCP|n127.0.0.1:80|TST=CLOSED',
    'tIPv4|d5|PTCP|n127.0.0.1:80->127.0.0.1:9|TST=SYN_SENT',
    'tIPv4|d5|PUDP|n127.0.0.1:80->127.0.0.1:9',
    'tIPv6|d5|PUDP|n*:*',
    'tIPv4|d5|PUDP',
    'traw|d5|n00000000:0001->00000000:0000|TST=07',
    'tREG|d8,1|n/tmp/PTCP',
  ])('that reads %s is no listener', (file) => {
    expect(parseFile(file)).toMatchObject({ sockets: [], skipped: 0 });
  });

  test('can’t be made by a name', () => {
    const names = ['x\np1\ncinit', 'x\nf3', '\np1', String.raw`x\0`, 'TST=LISTEN', ''];
    for (const name of names) {
      const { sockets, processes } = parse(Buffer.from(`p7\0c${name}\0u9\0\nf3\0tIPv4\0d1\0PUDP\0n*:9\0\n`));
      expect(lines({ sockets })).toEqual(['udp4 0.0.0.0 9 7']);
      expect(processes.get(7)?.uid).toBe(9);
    }
  });
});

describe('output', () => {
  test('of a machine where nothing listens is empty', () => {
    expect(parse(Buffer.from(''))).toMatchObject({ sockets: [], skipped: 0 });
  });

  test.each([
    ['\n', 'cut off'],
    ['COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n', 'cut off'],
    ['p1\0cinit\0\nf3\0tIPv4\0', 'cut off'],
    ['p1\0cinit\0\nf3\0tIPv4\0\nf4', 'cut off'],
    ['f3\0tIPv4\0PUDP\0n*:9\0\n', 'a file of no process'],
    ['p1\0cinit\0\ntIPv4\0PUDP\0n*:9\0\n', 'a file of no process'],
    ['p\0cinit\0\n', 'a process without a number'],
    ['p-1\0\n', 'a process without a number'],
    ['p1\0cinit\0\nf3\0tIPv4\0tIPv6\0\n', 'the field t twice'],
    ['p1\0\0\n', 'something else than fields'],
    ['\0\n', 'something else than fields'],
    ['p1\0=?\0\n', 'something else than fields'],
  ])('that is %j is refused', (output, reason) => {
    expect(() => parse(Buffer.from(output))).toThrow(reason);
  });

  test.each([
    ['Linux', LINUX_LSOF],
    ['macOS', MAC_LSOF],
  ])('of lsof on %s never makes up a listener, however damaged', (_, whole) => {
    fc.assert(
      fc.property(damaged(whole), (bytes) => {
        const output = bytes.toString('latin1');
        try {
          for (const socket of parse(bytes).sockets) {
            expectPlausible(socket);
            expectWithin(output, `:${socket.port}`);
            for (const pid of socket.pids ?? []) expectWithin(output, `p${pid}`);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_PORTOLAN_SOURCE' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that is cut anywhere but between two sets is refused', () => {
    const text = MAC_LSOF.toString('latin1');
    for (let length = 1; length < text.length; length++) {
      if (text.slice(0, length).endsWith('\0\n')) continue;
      expect(() => parse(MAC_LSOF.subarray(0, length))).toThrow('cut off');
    }
  });
});
