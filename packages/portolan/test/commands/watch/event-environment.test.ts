import { expect, test } from 'vitest';
import { eventEnvironment } from '../../../src/commands/watch/event-environment.js';
import { heldListener, listener, processOf } from '../../listeners.js';

const told = { sequence: 1, at: new Date(0), place: 'self' };

test('what others chose is shown as on a terminal, so that a script may print it', () => {
  const found = heldListener([processOf({ name: '\x1b[2Jevil\u202e' })]);
  const environment = eventEnvironment({ type: 'opened', listener: found, ...told, place: 'netns:a\nb' });
  expect(environment).toMatchObject({
    PORTOLAN_PROCESS: String.raw`\x1b[2Jevil\u202e`,
    PORTOLAN_PLACE: String.raw`netns:a\x0ab`,
  });
});

test('a closing says how long it was open, in milliseconds, and other events leave that empty', () => {
  const closed = eventEnvironment({ type: 'closed', listener: listener(), openMs: 12.5, ...told });
  expect(closed).toMatchObject({ PORTOLAN_EVENT: 'closed', PORTOLAN_OPEN_MS: '12.5' });
  const opened = eventEnvironment({ type: 'opened', listener: listener(), ...told });
  expect(opened).toMatchObject({ PORTOLAN_EVENT: 'opened', PORTOLAN_OPEN_MS: '' });
});
