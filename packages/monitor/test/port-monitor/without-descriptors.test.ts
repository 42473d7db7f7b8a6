import { beforeAll, describe, expect, test } from 'vitest';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { listenerProcess } from './listener-process.js';
import { startProgram } from './test-program.js';

/** Says what its monitor is told of. On SIGUSR2 it takes all descriptors, then lets them go. */
const TELLING = `
  import { closeSync, openSync } from 'node:fs';
  import { PortMonitor } from '@portolan/monitor';
  const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 20 });
  await monitor.start();
  for (const type of ['opened', 'closed']) monitor.on(type, ({ listener }) => console.log(type, listener.port));
  monitor.on('error', () => {});
  const taken = [];
  process.on('SIGUSR2', () => {
    if (taken.length > 0) for (const fd of taken.splice(0)) closeSync(fd);
    else for (let isFull = false; !isFull; ) {
      try {
        taken.push(openSync('/dev/null'));
      } catch {
        isFull = true;
      }
    }
    console.log(taken.length > 0 ? 'full' : 'free');
  });
  console.log('started');
`;

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor without a free descriptor', () => {
  beforeAll(enterTestNamespace);

  test('tells all the same what opens and closes', async () => {
    await using master = await listenerProcess();
    await master.open(7001);
    await using program = startProgram(TELLING, { before: ['prlimit', '--nofile=200'] });
    expect(await program.line()).toBe('started');
    program.child.kill('SIGUSR2');
    expect(await program.line()).toBe('full');
    await master.open(7002);
    expect(await program.line()).toBe('opened 7002');
    await master.close(7001);
    expect(await program.line()).toBe('closed 7001');
    program.child.kill('SIGUSR2');
    expect(await program.line()).toBe('free');
    await master.close(7002);
    expect(await program.line()).toBe('closed 7002');
  });
});
