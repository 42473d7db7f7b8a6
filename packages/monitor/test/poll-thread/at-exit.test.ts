import { expect, test, vi } from 'vitest';
import { atExit } from '../../src/poll-thread/at-exit.js';

test('many are told of the exit by one listener, in their order, but for those who took it back', () => {
  const before = process.listeners('exit');
  const act = vi.fn();
  const forget = Array.from({ length: 20 }, (_, i) => atExit(() => act(i)));
  const [listener, ...others] = process.listeners('exit').filter((each) => !before.includes(each));
  expect(others).toEqual([]);
  for (const each of forget.slice(3)) each();
  listener?.call(process, 0);
  expect(act.mock.calls).toEqual([[0], [1], [2]]);
  for (const each of forget) each();
  expect(process.listeners('exit')).toEqual(before);
});
