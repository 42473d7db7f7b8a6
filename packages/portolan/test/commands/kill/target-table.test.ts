import { expect, it } from 'vitest';
import { alsoLines } from '../../../src/commands/kill/target-table.js';
import { heldListener, processOf } from '../../listeners.js';

const NODE = processOf();
const ASKED = heldListener([NODE], { port: 4560 });

it('names the other ports that end with a process', () => {
  const other = heldListener([NODE], { port: 4561 });
  const foreign = heldListener([processOf({ pid: 9 })], { port: 4562 });
  expect(alsoLines([NODE], [ASKED], [ASKED, other, foreign])).toEqual([
    'node (pid 812) also listens on tcp 4561',
  ]);
  expect(alsoLines([NODE], [ASKED, other], [ASKED, other])).toEqual([]);
});

it('counts them where there are many', () => {
  const others = [1, 2, 3, 4, 5].map((port) => heldListener([NODE], { port }));
  expect(alsoLines([NODE], [ASKED], [...others, ASKED])).toEqual([
    'node (pid 812) also listens on tcp 1, tcp 2, tcp 3 and 2 more',
  ]);
});
