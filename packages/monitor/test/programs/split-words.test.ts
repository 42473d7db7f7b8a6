import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../../src/programs/split-words.js';

describe('the words of a command', () => {
  test.each([
    ['notify-send hello', ['notify-send', 'hello']],
    [' a  "b c"  \'d "e"\' ', ['a', 'b c', 'd "e"']],
    ['a\\ b c"d"\'e\'', ['a b', 'cde']],
    ['a "" b', ['a', '', 'b']],
    ['sh -c "echo \\"$X\\""', ['sh', '-c', 'echo "$X"']],
  ])('of %s are %j', (command, words) => {
    expect(splitWords(command)).toEqual(words);
  });

  test.each(['"a', "a 'b", 'a\\'])('of %j can not be told, with a quote left open', (command) => {
    expect(splitWords(command)).toBeUndefined();
  });

  test.each(['', '   '])('of %j are none', (command) => {
    expect(splitWords(command)).toEqual([]);
  });

  test('are those of the shell, where it has nothing else to do', () => {
    const piece = fc.constantFrom('a', 'b c', ' ', '  ', "'x y'", '"p q"', '"\\""', '\\ ', 'é', "''");
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const command = `w${pieces.join('')}`;
        const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
        expect(splitWords(command)).toEqual(printed.split('\0').slice(0, -1));
      }),
      { numRuns: 100 },
    );
  });
});
