import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SshConnection } from '../../../src/places/engine/ssh-connection.js';
import { refuseDescriptors } from '../../refuse-descriptors.js';

test('a connection for which no descriptor is left ends with an error', async () => {
  using _ = refuseDescriptors();
  const connection = new SshConnection('docker', {
    over: 'ssh',
    host: 'nowhere.invalid',
    user: null,
    port: null,
    path: null,
  });
  connection.resume().write('a request');
  const [error] = await once(connection, 'error').catch((error: unknown) => [error]);
  expect(error).toEqual(new Error("ssh can't be run (EMFILE)"));
});
