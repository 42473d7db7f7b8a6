import { getEventListeners } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../src/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { askedMonitor } from './asked-monitor.js';
import { runProgram } from './test-program.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor', () => {
  beforeAll(enterTestNamespace);

  test('ends its streams when it is stopped, also by a signal', async () => {
    const controller = new AbortController();
    await using monitor = await askedMonitor({ signal: controller.signal });
    const next = monitor.events().next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect(monitor.refresh()).rejects.toThrow('not started');
  });

  test('that is stopped by its signal while it starts does not start, and holds nothing', async () => {
    const controller = new AbortController();
    await using monitor = new PortMonitor({ doorbell: 'clock', signal: controller.signal });
    const starting = monitor.start();
    controller.abort();
    await expect(starting).rejects.toThrow('aborted');
    expect(await monitor.events().next()).toEqual({ done: true, value: undefined });
  });

  test('is stopped for nobody before it is stopped', async () => {
    await using monitor = await askedMonitor();
    const ends: string[] = [];
    const first = monitor.stop().then(() => ends.push('first'));
    const second = monitor.stop().then(() => ends.push('second'));
    await Promise.all([first, second]);
    expect(ends).toEqual(['first', 'second']);
  });

  test('lets go of its signal when it is stopped', async () => {
    const controller = new AbortController();
    await using monitor = await askedMonitor({ signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await monitor.stop();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('does not start without a source, nor twice', async () => {
    const blind = new PortMonitor({ sources: [], doorbell: 'clock' });
    await expect(blind.start()).rejects.toMatchObject({ code: 'ERR_PORTOLAN_NO_SOURCE' });
    await using monitor = await askedMonitor();
    await expect(monitor.start()).rejects.toThrow('started already');
  });

  test.each([{ intervalMs: 0 }, { cpuShare: 0 }, { cpuShare: 2 }, { settleMs: -1 }, { history: 0 }])(
    'can not be made with %j',
    (options) => {
      expect(() => new PortMonitor(options)).toThrow(RangeError);
    },
  );
});

describe('a program with a monitor', () => {
  const START = `
    import { PortMonitor } from '@portolan/monitor';
    const monitor = new PortMonitor();
    await monitor.start();
  `;

  test('stays alive, until the monitor is stopped', async () => {
    const stop = "process.on('SIGTERM', () => monitor.stop()); console.log('ready');";
    await using program = runProgram(`${START} ${stop}`);
    expect(await program.line()).toBe('ready');
    expect(program.child.exitCode).toBeNull();
    program.child.kill('SIGTERM');
    expect(await program.exit).toEqual([0, null]);
  });

  test('does not stay alive for it where the monitor was told so', async () => {
    await using program = runProgram(START.replace('()', '({ persistent: false })'));
    expect(await program.exit).toEqual([0, null]);
  });

  test('ends where a look was under way when the monitor was stopped, whatever was yet to settle', async () => {
    const source = `
      import { createServer } from 'node:net';
      import { PortMonitor } from '@portolan/monitor';
      const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6, settleMs: 1e6, processes: false });
      await monitor.start();
      const server = createServer().listen(0, '127.0.0.1', async () => {
        const looking = monitor.refresh();
        for (let i = 0; i < TURNS; i++) await undefined;
        await Promise.all([monitor.stop(), looking]);
        server.close();
      });
    `;
    for (const turns of ['0', '2', '4', '8', '16']) {
      await using program = runProgram(source.replace('TURNS', turns));
      expect(await program.exit).toEqual([0, null]);
    }
  });

  test('exits when it wants to', async () => {
    await using program = runProgram(`${START} process.exit(3);`);
    expect(await program.exit).toEqual([3, null]);
  });

  test('has all threads of libuv’s pool for itself', async () => {
    const read = "await (await import('node:fs/promises')).readFile('/etc/passwd'); process.exit(0);";
    await using program = runProgram(`${START} ${read}`, { environment: { UV_THREADPOOL_SIZE: '1' } });
    expect(await program.exit).toEqual([0, null]);
  });
});
