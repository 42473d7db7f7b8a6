import { expect, it } from 'vitest';
import { wantsColor } from '../../src/render/color.js';

it.each<[boolean, boolean, NodeJS.ProcessEnv]>([
  [true, true, {}],
  [false, false, {}],
  [false, true, { NO_COLOR: '1' }],
  [true, true, { NO_COLOR: '' }],
  [false, true, { TERM: 'dumb' }],
  [true, false, { FORCE_COLOR: '1' }],
  [true, false, { FORCE_COLOR: 'true', NO_COLOR: '1' }],
  [false, true, { FORCE_COLOR: '0' }],
  [false, true, { FORCE_COLOR: 'false' }],
  [false, false, { FORCE_COLOR: '' }],
])('colour is %s where it is a terminal: %s, with %j', (color, isTerminal, env) => {
  expect(wantsColor(isTerminal, env)).toBe(color);
});
