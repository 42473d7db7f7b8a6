import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMountinfo } from '../../src/kernel/mountinfo.js';
import { parseBootTime } from '../../src/processes/clock-ticks.js';
import { parseSocketLink } from '../../src/processes/holders/descriptors.js';
import { hidesProcesses } from '../../src/processes/holders/sees-every-process.js';
import { COMMAND_LINE_LIMIT, parseCommandLine } from '../../src/processes/parse-command-line.js';
import { parseStat } from '../../src/processes/parse-stat.js';
import { parseEffectiveUid } from '../../src/processes/parse-status.js';

const bytes = fc.uint8Array({ maxLength: 5000 }).map((array) => Buffer.from(array));
const TAIL =
  ' S 1076 19514 3543 0 -1 4194560 500 0 0 0 1 2 0 0 20 0 11 0 393939 7000000 500 18446744073709551615 1 1 0 0 0\n';

describe('stat', () => {
  test('a name of any bytes is read, and what follows it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 64 }), (name) => {
        const stat = Buffer.concat([Buffer.from('4242 ('), name, Buffer.from(`)${TAIL}`)]);
        expect(parseStat(stat)).toEqual({
          name: Buffer.from(name).toString('utf8'),
          parentPid: 1076,
          startTicks: 393939,
        });
      }),
    );
  });

  test('a name that no kernel gives is cut', () => {
    const name = 'x'.repeat(200_000);
    expect(parseStat(Buffer.from(`7 (${name})${TAIL}`))).toMatchObject({
      name: 'x'.repeat(64),
      parentPid: 1076,
    });
  });

  test.each(['a) S 1 (b', ')', '(((', ' ) R 7 7 7 ', '\n\x1b[2J', ''])('the name %j', (name) => {
    expect(parseStat(Buffer.from(`7 (${name})${TAIL}`))).toMatchObject({ name, parentPid: 1076 });
  });

  test.each(['', '1', '1 (a', '1 a) S 1', ')(', '1 (a)', '1 (a) S', '1 (a) S 1 2 3'])(
    '%j is none',
    (text) => {
      expect(parseStat(Buffer.from(text))).toBeNull();
    },
  );

  test('random bytes never throw', () => {
    fc.assert(fc.property(bytes, (random) => void parseStat(random)));
  });
});

describe('command line', () => {
  test.each([
    ['', []],
    ['sleep\x001\x00', ['sleep', '1']],
    ['a\x00\x00b\x00', ['a', '', 'b']],
    ['no terminator', ['no terminator']],
    ['nginx: worker process\x00\x00\x00\x00\x00', ['nginx: worker process']],
  ])('%j', (text, expected) => {
    expect(parseCommandLine(Buffer.from(text))).toEqual(expected);
  });

  test('just within the limit it is whole', () => {
    const text = `${'x'.repeat(COMMAND_LINE_LIMIT - 1)}\0`;
    expect(parseCommandLine(Buffer.from(text))).toEqual([text.slice(0, -1)]);
  });

  test('no character is cut in two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.constantFrom('é', '€', '😀'), (shift, character) => {
        const text = 'x'.repeat(shift) + character.repeat(COMMAND_LINE_LIMIT);
        const [argument = ''] = parseCommandLine(Buffer.from(text).subarray(0, COMMAND_LINE_LIMIT + 1));
        expect(argument).not.toContain('\ufffd');
        expect(argument.endsWith(`${character}…`)).toBe(true);
        const length = Buffer.byteLength(argument.slice(0, -1));
        expect(length).toBeLessThanOrEqual(COMMAND_LINE_LIMIT);
        expect(length).toBeGreaterThan(COMMAND_LINE_LIMIT - 4);
      }),
    );
  });

  test('a cut behind an argument is marked too', () => {
    const text = `${'x'.repeat(COMMAND_LINE_LIMIT - 1)}\0next\0`;
    const [argument, ...rest] = parseCommandLine(Buffer.from(text).subarray(0, COMMAND_LINE_LIMIT + 1));
    expect(argument?.endsWith('x…')).toBe(true);
    expect(rest).toEqual([]);
  });

  test('arguments without an empty last one are given back as they were', () => {
    const argument = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 20 }), argument, (first, last) => {
        fc.pre(last !== '');
        const all = [...first, last];
        expect(parseCommandLine(Buffer.from(all.map((text) => `${text}\0`).join('')))).toEqual(all);
      }),
    );
  });

  test('random bytes never throw', () => {
    fc.assert(fc.property(bytes, (random) => void parseCommandLine(random)));
  });
});

describe('the small ones', () => {
  test('the effective user is the second of four', () => {
    const status =
      'Name:\tUid:\\n0\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t1000\t65534\t0\t1\nGid:\t0\t0\t0\t0\n';
    expect(parseEffectiveUid(Buffer.from(status))).toBe(65534);
    expect(parseEffectiveUid(Buffer.from('Name:\tx\n'))).toBeNull();
  });

  test('the boot time stands somewhere in /proc/stat', () => {
    expect(parseBootTime(Buffer.from('cpu  1 2\nintr 7 0\nctxt 1\nbtime 1795487508\nprocesses 9\n'))).toBe(
      1795487508,
    );
    expect(parseBootTime(Buffer.from('cpu  1 2\n'))).toBeNull();
  });

  test.each([
    ['socket:[12345]', 12345],
    ['socket:[]', undefined],
    ['socket:[1x]', undefined],
    ['/tmp/socket:[12345]', undefined],
    ['pipe:[12345]', undefined],
    ['anon_inode:[eventpoll]', undefined],
  ])('the link %s', (text, expected) => {
    expect(parseSocketLink(text)).toBe(expected);
  });

  test.each([
    ['rw', false],
    ['rw,hidepid=2', true],
    ['rw,hidepid=invisible,gid=5', true],
    ['rw,gid=5,hidepid=ptraceable', true],
    ['rw,hidepid=0', false],
    ['rw,hidepid=off', false],
  ])('/proc mounted with %s', (options, expected) => {
    const mountinfo = `22 1 0:21 / /sys rw - sysfs sysfs rw\n23 1 0:22 / /proc rw,nosuid shared:5 - proc proc ${options}\n`;
    expect(hidesProcesses(parseMountinfo(mountinfo))).toBe(expected);
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        parseEffectiveUid(random);
        parseBootTime(random);
        hidesProcesses(parseMountinfo(random.toString('latin1')));
      }),
    );
  });
});
