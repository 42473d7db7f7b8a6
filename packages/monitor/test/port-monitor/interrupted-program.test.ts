import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { listenerProcess } from './listener-process.js';
import { startProgram } from './test-program.js';

/** Says what its monitor is told of, and on SIGUSR2 how much is open. */
const TELLING = `
  import { PortMonitor } from '@portolan/monitor';
  const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 20, processes: false, ...JSON.parse(process.env.OPTIONS) });
  await monitor.start();
  for (const type of ['opened', 'closed', 'changed', 'source', 'error']) {
    monitor.on(type, ({ listener }) => console.log(type, listener?.port));
  }
  process.on('SIGUSR2', async () => {
    await monitor.refresh();
    console.log('open', monitor.listeners().length);
  });
  console.log('started');
`;

/** Ports that the kernel gives to nobody. Without a namespace of its own, the test shares the others with the whole machine. */
const PASSING = 9301;
const STAYING = 9302;
const OWN_PORTS = JSON.stringify({ filter: { ports: [{ from: PASSING, to: STAYING }] } });

beforeAll(() => {
  if (MAY_MAKE_NAMESPACES) enterTestNamespace();
});

test('a monitor that was suspended and resumed tells what is different, and not what came and went', async () => {
  await using program = startProgram(TELLING, { environment: { OPTIONS: OWN_PORTS } });
  expect(await program.line()).toBe('started');
  program.child.kill('SIGSTOP');
  await using master = await listenerProcess();
  for (const port of [PASSING, STAYING]) await master.open(port);
  await master.close(PASSING);
  program.child.kill('SIGCONT');
  expect(await program.line()).toBe(`opened ${STAYING}`);
  await master.close(STAYING);
  expect(await program.line()).toBe(`closed ${STAYING}`);
});

test.skipIf(!MAY_MAKE_NAMESPACES)(
  'a monitor whose network namespace loses its name goes on in it',
  async () => {
    const name = `portolan-test-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name]);
    await using program = startProgram(TELLING, {
      environment: { OPTIONS: '{}' },
      before: ['ip', 'netns', 'exec', name],
    });
    expect(await program.line()).toBe('started');
    execFileSync('ip', ['netns', 'delete', name]);
    program.child.kill('SIGUSR2');
    expect(await program.line()).toBe('open 0');
  },
);
