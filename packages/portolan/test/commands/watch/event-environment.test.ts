import { expect, test } from 'vitest';
import { eventEnvironment } from '../../../src/commands/watch/event-environment.js';
import { listener } from '../../listeners.js';

const told = { sequence: 1, at: new Date(0), place: 'self' };

test('a closing says how long it was open, in milliseconds, and other events leave that empty', () => {
  const closed = eventEnvironment({ type: 'closed', listener: listener(), openMs: 12.5, ...told });
  expect(closed).toMatchObject({ PORTOLAN_EVENT: 'closed', PORTOLAN_OPEN_MS: '12.5' });
  const opened = eventEnvironment({ type: 'opened', listener: listener(), ...told });
  expect(opened).toMatchObject({ PORTOLAN_EVENT: 'opened', PORTOLAN_OPEN_MS: '' });
});
