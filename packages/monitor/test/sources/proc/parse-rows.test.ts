import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRows } from '../../../src/sources/proc/parse-rows.js';
import { RowSieve } from '../../../src/sources/proc/socket-rows.js';
import { damaged } from '../../fixtures/damage.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';
import { readRecording } from '../../fixtures/recording.js';

const ROW =
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0';

function parse(row: string) {
  return parseRows(`${row}\n`, 'tcp', 4, true);
}

describe('a row of /proc/net/tcp', () => {
  const [socket] = parse(ROW).sockets;

  test('gives the socket', () => {
    expect(socket).toMatchObject({ address: '127.0.0.1', port: 8080, inode: 4242, uid: 1000, backlog: 3 });
  });

  test('reads the same with tabs, or with columns yet unknown', () => {
    expect(parse(ROW.replaceAll(/ +/g, '\t')).sockets).toEqual([socket]);
    expect(parse(`${ROW} 77 ab new=1`).sockets).toEqual([socket]);
  });

  test('gives the endpoint where the columns behind the state are missing', () => {
    const { sockets } = parse('0: 0100007F:1F90 00000000:0000 0A');
    expect(sockets).toEqual([{ ...socket, inode: null, uid: null, backlog: null }]);
  });

  test('is read in the byte order of the machine that printed it', () => {
    const row = ROW.replace('0100007F', '7F000001');
    expect(parseRows(`${row}\n`, 'tcp', 4, false).sockets).toEqual([socket]);
  });

  test.each([
    ['an address of a wrong length', ROW.replace('0100007F', '0100007')],
    ['an address that is no number', ROW.replace('0100007F', '010000ZZ')],
    ['port 0', ROW.replace('1F90', '0000')],
    ['a port of five digits', ROW.replace('1F90', '11F90')],
    ['another state', ROW.replace(' 0A ', ' 01 ')],
    ['no columns', 'rubbish'],
  ])('with %s is passed over and counted', (_, row) => {
    expect(parse(row)).toEqual({ sockets: [], skipped: 1 });
  });
});

describe('an IPv6 address in /proc/net/tcp6', () => {
  const row = (words: string) => `0: ${words}:0050 ${'0'.repeat(32)}:0000 0A 0:0 0:0 0 0 0 7 1\n`;

  test.each([
    ['fe80::80ff:fe00:1', '000080FE00000000FF800000010000FE'],
    ['2001:db8:8000::ff', 'B80D01200000008000000000FF000000'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F'],
    ['::', '00000000000000000000000000000000'],
  ])('%s is read with its bytes of 0x80 and above', (address, words) => {
    expect(parseRows(row(words), 'tcp', 6, true).sockets[0]?.address).toBe(address);
  });
});

describe('sifting a table', () => {
  const table = readRecording('proc-net-tcp');

  test('keeps the same rows, in whatever pieces the table comes', () => {
    const inOne = new RowSieve('0A');
    inOne.push(table);
    const whole = Buffer.concat(inOne.kept);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (lengths) => {
        const sieve = new RowSieve('0A');
        for (let at = 0, i = 0; at < table.length; i++) {
          const length = lengths[i % lengths.length] ?? 1;
          sieve.push(table.subarray(at, at + length));
          at += length;
        }
        expect(Buffer.concat(sieve.kept).equals(whole)).toBe(true);
        expect(sieve).toMatchObject({
          skipped: 0,
          headless: false,
          cutOff: false,
          pastListeners: true,
          disorderly: false,
        });
      }),
    );
  });

  test('tells that listeners come behind connections', () => {
    const [header, ...rows] = table.toString().trimEnd().split('\n');
    const sieve = new RowSieve('0A');
    sieve.push(Buffer.from(`${[header, ...rows.reverse()].join('\n')}\n`));
    expect(sieve.disorderly).toBe(true);
    expect(sieve.kept).toHaveLength(20);
  });

  test('does not take the half-open connections of old kernels for the end of the listeners', () => {
    const sieve = new RowSieve('0A');
    sieve.push(Buffer.from(`local_address\n${ROW}\n${ROW.replace(' 0A ', ' 03 ')}\n${ROW}\n`));
    expect(sieve).toMatchObject({ pastListeners: false, disorderly: false });
    expect(sieve.kept).toHaveLength(2);
  });

  test('passes over a row without end, and counts it', () => {
    const sieve = new RowSieve('0A');
    sieve.push(Buffer.from('local_address\n'));
    for (let i = 0; i < 1000; i++) sieve.push(Buffer.alloc(4096, '1'));
    sieve.push(Buffer.from(`\n${ROW}\n`));
    expect(sieve.skipped).toBe(1);
    expect(sieve.kept).toHaveLength(1);
  });

  test.each([
    ['tcp', 4, 'tcp', '0A'],
    ['tcp6', 6, 'tcp', '0A'],
    ['udp', 4, 'udp', '07'],
    ['udp6', 6, 'udp', '07'],
  ] as const)('and reading a damaged %s never makes up a listener', (name, family, protocol, state) => {
    fc.assert(
      fc.property(damaged(readRecording(`proc-net-${name}`)), (bytes) => {
        const sieve = new RowSieve(state);
        sieve.push(bytes);
        const text = Buffer.concat(sieve.kept).toString('latin1');
        const { sockets } = parseRows(text, protocol, family, true);
        const output = bytes.toString('latin1').toLowerCase();
        for (const socket of sockets) {
          expectPlausible(socket);
          const port = socket.port.toString(16).padStart(4, '0');
          expectWithin(output, `:${port}`);
        }
      }),
      { numRuns: 500 },
    );
  });
});
