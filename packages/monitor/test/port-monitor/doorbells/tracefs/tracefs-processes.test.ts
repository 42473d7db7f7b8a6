import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TracefsDoorbell } from '../../../../dist/port-monitor/doorbells/tracefs/tracefs-doorbell.js';
import { RunningModule } from '../run-module.js';
import { MAY_TRACE, mountTracefs, TRACEFS } from './mounted-tracefs.js';

const NOBODY = 65534;

/** Starts a doorbell and prints the name of its instance. */
const START = `
  import { readdirSync } from 'node:fs';
  const { TracefsDoorbell } = await import(DIST + 'port-monitor/doorbells/tracefs/tracefs-doorbell.js');
  const start = async (persistent) => {
    const doorbell = new TracefsDoorbell({ persistent });
    await doorbell.start(() => undefined);
    const own = (name) => name.split('-')[2] === String(process.pid);
    console.log(readdirSync('${TRACEFS}/instances').filter(own).join());
    return doorbell;
  };
`;

const TELL_WHY_NOT = `
  const { TracefsDoorbell } = await import(DIST + 'port-monitor/doorbells/tracefs/tracefs-doorbell.js');
  const doorbell = new TracefsDoorbell({ persistent: true });
  const error = await doorbell.start(() => undefined).catch((error) => error);
  await doorbell.stop();
  console.log([error.name, error.code, error.doorbell, error.message].join('|'));
`;

describe.skipIf(!MAY_TRACE)('the trace instance of a process', () => {
  let tracefs: AsyncDisposable;

  beforeAll(async () => {
    tracefs = await mountTracefs();
  });
  afterAll(() => tracefs[Symbol.asyncDispose]());

  test('that was killed is removed by the next one that starts, and a living one’s is not', async () => {
    const living = new RunningModule(`${START} await start(true);`);
    const killed = new RunningModule(`${START} await start(true);`);
    const [livingInstance, killedInstance] = [await living.line(), await killed.line()];
    await killed.kill();
    expect(isThere(killedInstance)).toBe(true);

    const doorbell = new TracefsDoorbell({ persistent: true });
    await doorbell.start(() => undefined);
    expect(isThere(killedInstance)).toBe(false);
    expect(isThere(livingInstance)).toBe(true);
    await doorbell.stop();
    await living.kill();

    const next = new TracefsDoorbell({ persistent: true });
    await next.start(() => undefined);
    expect(isThere(livingInstance)).toBe(false);
    await next.stop();
  });

  test('one of whose threads was terminated is removed by its next monitor, and that of a living thread is not', async () => {
    const running = new RunningModule(`
      import { existsSync, readdirSync } from 'node:fs';
      import { Worker } from 'node:worker_threads';
      const { PortMonitor } = await import(DIST + 'index.js');
      const told = [];
      const isNews = (name) => existsSync('/proc/self/task/' + name.split('-')[2]) && !told.includes(name);
      const source = \`
        import { parentPort } from 'node:worker_threads';
        import { PortMonitor } from '\${DIST}index.js';
        await new PortMonitor({ doorbell: 'tracefs' }).start();
        parentPort.postMessage('started');\`;
      const startThread = async () => {
        const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));
        await new Promise((resolve) => worker.once('message', resolve));
        const instances = readdirSync('${TRACEFS}/instances').filter(isNews);
        told.push(...instances);
        console.log(instances.join());
        return worker;
      };
      const living = await startThread();
      const terminated = await startThread();
      await terminated.terminate();
      console.log('terminated');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      await new PortMonitor({ doorbell: 'tracefs' }).start();
      console.log('started');
      process.stdin.once('data', () => process.exit(0));`);
    const [living, terminated] = [await running.line(), await running.line()];
    expect(await running.line()).toBe('terminated');
    expect(isThere(terminated)).toBe(true);
    running.goOn();
    expect(await running.line()).toBe('started');
    expect(isThere(living)).toBe(true);
    expect(isThere(terminated)).toBe(false);
    running.goOn();
    expect(await running.end()).toBe(0);
  });

  test('that can’t look for those of others is made all the same, and leaves nothing behind', async () => {
    const running = new RunningModule(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      fs.promises.readdir = () => Promise.reject(new Error('EMFILE'));
      syncBuiltinESMExports();
      ${START}
      await (await start(true)).stop();`);
    const instance = await running.line();
    expect(instance).toMatch(/^portolan-/);
    expect(await running.end()).toBe(0);
    expect(isThere(instance)).toBe(false);
  });

  test('that watches twenty times ends without a warning, and leaves nothing behind', async () => {
    const running = new RunningModule(`
      import { readdirSync } from 'node:fs';
      const { PortMonitor } = await import(DIST + 'index.js');
      process.on('warning', ({ name }) => console.log(name));
      const monitors = Array.from({ length: 20 }, () => new PortMonitor({ doorbell: 'tracefs' }));
      await Promise.all(monitors.map((monitor) => monitor.start()));
      const own = (name) => name.split('-')[2] === String(process.pid);
      console.log(readdirSync('${TRACEFS}/instances').filter(own).join());
      process.exit(3);`);
    const instances = (await running.line()).split(',');
    expect(instances).toHaveLength(20);
    expect(await running.end()).toBe(3);
    expect(instances.filter(isThere)).toEqual([]);
  });

  test.each([
    ['that is stopped', 'await (await start(true)).stop();', 0],
    ['that is not persistent and has nothing else to do', 'await start(false);', 0],
    ['that calls process.exit()', 'await start(true); process.exit(7);', 7],
    ['that fails', 'await start(true); throw new Error("expected");', 1],
    [
      'that is asked to end, and ends with process.exit()',
      'process.on("SIGTERM", () => process.exit(3)); await start(true); process.kill(process.pid, "SIGTERM");',
      3,
    ],
  ])('%s is gone when it ends', async (_, script, status) => {
    const running = new RunningModule(START + script);
    const instance = await running.line();
    expect(instance).toMatch(/^portolan-/);
    expect(await running.end()).toBe(status);
    expect(isThere(instance)).toBe(false);
  });

  test.each([
    ['exits while it is being made', (ms: number) => `setTimeout(() => process.exit(3), ${ms});`, 3],
    [
      'exits while it is being removed',
      (ms: number) =>
        `setTimeout(() => { void monitor.stop(); setTimeout(() => process.exit(3), ${ms}); }, 100);`,
      3,
    ],
    ['is stopped while it is being made', (ms: number) => `setTimeout(() => monitor.stop(), ${ms});`, 0],
  ])('of a monitor that %s is gone when it ends', async (_, end, status) => {
    for (const ms of [0, 5, 20, 40]) {
      const running = new RunningModule(`
        const { PortMonitor } = await import(DIST + 'index.js');
        const monitor = new PortMonitor();
        await monitor.start();
        console.log(monitor.doorbell);
        ${end(ms)}`);
      expect(await running.line()).not.toBe('tracefs');
      expect(await running.end()).toBe(status);
      expect(instancesOf(running.process.pid)).toEqual([]);
    }
  });

  test('an ordinary user is told that it takes root', async () => {
    const running = new RunningModule(TELL_WHY_NOT, NOBODY);
    expect(await running.line()).toMatch(/^DoorbellError\|ERR_PORTOLAN_DOORBELL\|tracefs\|.*EACCES.*root/);
    expect(await running.end()).toBe(0);
  });

  test('without a mounted tracefs it is told how to mount it', () => {
    const dist = new URL('../../../../dist/', import.meta.url).href;
    const module = `const DIST = ${JSON.stringify(dist)};${TELL_WHY_NOT}`;
    const script = 'umount /sys/kernel/tracing && exec "$0" --input-type=module --eval "$1"';
    const { stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', script, process.execPath, module]);
    expect(String(stdout)).toMatch(/not mounted.*mount -t tracefs/);
  });
});

function instancesOf(pid: number | undefined): string[] {
  return readdirSync(`${TRACEFS}/instances`).filter((name) => name.split('-')[2] === String(pid));
}

function isThere(instance: string): boolean {
  return existsSync(`${TRACEFS}/instances/${instance}`);
}
