import type { PortEvent } from '@portolan/monitor';
import { expect, test, vi } from 'vitest';
import { refuseDescriptors } from '../../../monitor/test/refuse-descriptors.js';
import { EventCommand } from '../../src/watch/event-command.js';

test('a command for which no descriptor is left is told of, and the next event runs it again', async () => {
  const tell = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const event = { type: 'error', sequence: 1, at: new Date(), place: 'self', error: new Error() };
  const command = new EventCommand(['sh', '-c', 'exit 3']);
  const refusing = refuseDescriptors();
  command.push(event as PortEvent, '{}');
  await vi.waitFor(() => expect(tell).toHaveBeenCalledOnce());
  refusing[Symbol.dispose]();
  command.push(event as PortEvent, '{}');
  await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(2));
  expect(tell.mock.calls.map(([text]) => text)).toEqual([
    expect.stringContaining("sh can't be run (EMFILE)"),
    expect.stringContaining('sh ended with status 3'),
  ]);
  tell.mockRestore();
});
