import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  behindTables,
  isLittleEndian,
  isSameTables,
  lostTable,
  parseTables,
  socketsIn,
} from '../../../src/places/elsewhere/parse-tables.js';
import { damaged } from '../../fixtures/damage.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';

const VERSION = 'Linux version 6.1.0 (build@host) #1 SMP Sat Aug 01 07:0A:00 UTC 2026\n';
const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) =>
  readFileSync(new URL(`../../fixtures/recordings/proc-net-${name}`, import.meta.url), 'latin1'),
);
const RANGE = '32768\t60999\n';

/** What `cat` would print if the tables were these. */
function output(tables: readonly string[] = TABLES, range = RANGE): Buffer {
  return Buffer.from(`${[VERSION, ...tables, ''].join(VERSION).replace(VERSION, '')}${range}${VERSION}`);
}

function sockets(bytes: Buffer) {
  return socketsIn(parseTables(bytes), true).sockets;
}

describe('the tables of another place', () => {
  test('give the listeners of each family and protocol', () => {
    const { sockets, skipped, ephemeral } = socketsIn(parseTables(output()), true);
    expect(skipped).toBe(0);
    expect(ephemeral).toEqual({ from: 32768, to: 60999 });
    const kinds = new Set(sockets.map(({ protocol, family }) => `${protocol}${family}`));
    expect(kinds).toEqual(new Set(['tcp4', 'tcp6', 'udp4', 'udp6']));
    for (const socket of sockets) expectPlausible(socket);
  });

  test('may be without IPv6, without UDP and without a range', () => {
    const [tcp = '', tcp6 = ''] = TABLES;
    const families = (tables: string[]) => new Set(sockets(output(tables, '')).map(({ family }) => family));
    expect(families([tcp, '', '', ''])).toEqual(new Set([4]));
    expect(families([tcp, tcp6, '', ''])).toEqual(new Set([4, 6]));
    expect(socketsIn(parseTables(output(TABLES, '')), true).ephemeral).toBeUndefined();
  });

  test('are passed by a greeting before and by what comes after', () => {
    const bytes = Buffer.concat([
      Buffer.from('Welcome!\nYou have mail.\n'),
      output(),
      Buffer.from('\x21\0bye'),
    ]);
    expect(sockets(bytes)).toEqual(sockets(output()));
    expect(behindTables(bytes).toString()).toBe('\x21\0bye');
  });

  test('are compared by what listens', () => {
    const [tcp = '', ...others] = TABLES;
    const connection = tcp.split('\n').find((row) => / 01 /.test(row)) ?? '';
    expect(connection).not.toBe('');
    const same = parseTables(output([`${tcp}${connection}\n`, ...others]));
    expect(isSameTables(parseTables(output()), same)).toBe(true);
    const fewer = parseTables(output([tcp, ...others.slice(0, -1), '']));
    expect(isSameTables(parseTables(output()), fewer)).toBe(false);
    expect(lostTable(parseTables(output()), fewer)).toBe('udp6');
    expect(lostTable(fewer, parseTables(output()))).toBeUndefined();
    expect(isSameTables(same, parseTables(output(TABLES, '1 2\n')))).toBe(false);
  });

  test.each([
    ['nothing', Buffer.from(''), 'no socket tables came back'],
    ['something else', Buffer.from('hello\n'), 'no socket tables came back'],
    ['a tcp table that is missing', output(['', '', '', '']), '/proc/net/tcp is missing there'],
    ['another file', output(['root:x:0:0\n', '', '', '']), '/proc/net/tcp is missing there'],
    ['one separator too many', Buffer.concat([Buffer.from(VERSION), output()]), 'can’t be told apart'],
    ['a long row', output([`${TABLES[0]}${'x'.repeat(5000)}\n`, '', '', '']), 'a row that is too long'],
  ])('that are %s are refused', (_, bytes, reason) => {
    expect(() => parseTables(bytes)).toThrow(reason);
  });

  test('with more rows than there may be are refused', () => {
    const row = (TABLES[0] ?? '').split('\n').find((each) => / 0A /.test(each)) ?? '';
    const many = `${TABLES[0]}${`${row.trim()}\n`.repeat(100_001)}`;
    expect(() => parseTables(output([many, '', '', '']))).toThrow('more than 100000 rows');
  });

  test('that are cut off before their end are refused', () => {
    const bytes = output();
    const end = bytes.lastIndexOf(VERSION);
    for (let length = 0; length <= end; length += 7) {
      expect(() => parseTables(bytes.subarray(0, length))).toThrow();
    }
  });

  test('never make up a listener, however damaged', () => {
    const whole = output();
    const digits = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    fc.assert(
      fc.property(damaged(whole), (bytes) => {
        const text = bytes.toString('latin1').toUpperCase();
        try {
          for (const socket of sockets(bytes)) {
            expectPlausible(socket);
            expectWithin(text, digits(socket.port));
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_PORTOLAN_TABLE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the byte order is told by the auxiliary vector', () => {
  expect(isLittleEndian(readFileSync('/proc/self/auxv'))).toBe(endianness() === 'LE');
  expect(isLittleEndian(Buffer.from([0, 0, 0, 0, 0, 0, 0, 33]))).toBe(false);
  expect(isLittleEndian(Buffer.from([16, 0, 0, 0]))).toBe(true);
  expect(isLittleEndian(Buffer.alloc(0))).toBe(true);
});
