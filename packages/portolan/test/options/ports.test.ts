import { describe, expect, it } from 'vitest';
import { parsePorts } from '../../src/options/ports.js';
import { UsageError } from '../../src/options/usage-error.js';

describe('ports', () => {
  it('are single, ranges, and lists of both', () => {
    expect(parsePorts('3000')).toEqual([{ from: 3000, to: 3000 }]);
    expect(parsePorts('1-65535')).toEqual([{ from: 1, to: 65535 }]);
    expect(parsePorts('80,8000-8999')).toEqual([
      { from: 80, to: 80 },
      { from: 8000, to: 8999 },
    ]);
  });

  it.each([
    '0',
    '65536',
    '70000',
    '9-3',
    '0-5',
    '1-70000',
    'http',
    '',
    '80,',
    '-1',
    '3000-',
    '1-2-3',
    '1.5',
    '1e3',
    ' 80',
    '٣',
  ])('are not %j', (text) => {
    expect(() => parsePorts(text)).toThrow(UsageError);
  });

  it('that run backwards, or are a mistyped command, are told what was meant', () => {
    expect(() => parsePorts('9-3')).toThrow('did you mean 3-9?');
    expect(() => parsePorts('lst', ['list', 'completion'])).toThrow('did you mean list?');
  });
});
