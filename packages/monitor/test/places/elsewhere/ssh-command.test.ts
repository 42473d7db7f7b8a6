import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSshTarget, quoteWord, sshCommand } from '../../../src/places/elsewhere/ssh-command.js';

describe('a target of ssh', () => {
  test.each(['host', 'me@host', 'me@192.0.2.7', 'ssh://me@host:2222', 'ssh://[::1]:22', 'me@büro'])(
    'may be %s',
    (target) => {
      expect(() => checkSshTarget(target)).not.toThrow();
    },
  );

  test.each([
    '',
    '-oProxyCommand=x',
    'me@-oProxyCommand=x',
    'ssh://-x',
    'ssh://me@-x',
    'a b',
    'a\nb',
    'a\0b',
    'a\x1b[2J',
    'a\u202eb',
  ])('may not be %j', (target) => {
    expect(() => checkSshTarget(target)).toThrow(TypeError);
  });

  test('stands behind what ends the options, and no percent sign of the path is taken for a token', () => {
    const command = sshCommand('me@host', '/tmp/100%/master');
    expect(command.slice(-2)).toEqual(['--', 'me@host']);
    expect(command).toContain('ControlPath=/tmp/100%%/master');
  });
});

describe('a word for the shell of ssh', () => {
  test('stays as it is if it is plain', () => {
    for (const word of ['sh', 'cat', '/proc/net/tcp6', '-c']) expect(quoteWord(word)).toBe(word);
  });

  test('is taken by a shell for what it is', () => {
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const line = `for word do printf '%s|\\n' "$word"; done`;
        const output = execFileSync('sh', ['-c', `set -- ${words.map(quoteWord).join(' ')}; ${line}`]);
        expect(output).toEqual(Buffer.from(words.map((each) => `${each}|\n`).join('')));
      }),
      { numRuns: 50 },
    );
  });
});
