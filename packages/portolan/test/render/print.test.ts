import { afterEach, expect, test, vi } from 'vitest';
import { print } from '../../src/render/print.js';

afterEach(() => void vi.restoreAllMocks());

test('what is printed waits until whoever reads it has taken what came before', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(false);
  const order: string[] = [];
  const printed = print('line\n', new AbortController().signal).then(() => order.push('printed'));
  await new Promise(setImmediate);
  order.push('drained');
  process.stdout.emit('drain');
  await printed;
  expect(order).toEqual(['drained', 'printed']);
});

test('nobody waits for a reader any more when the program is to end', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(false);
  const end = new AbortController();
  const printed = print('line\n', end.signal);
  end.abort();
  await expect(printed).rejects.toThrow('abort');
  await expect(print('line\n', end.signal)).rejects.toThrow('abort');
  expect(process.stdout.listenerCount('drain')).toBe(0);
});
