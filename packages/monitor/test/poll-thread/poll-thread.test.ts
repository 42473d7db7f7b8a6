import { closeSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadLibc } from '../../dist/kernel/load-libc.js';
import { type Watch, watch } from '../../dist/poll-thread/poll-thread.js';
import { RunningModule } from '../port-monitor/doorbells/run-module.js';

const EFD_NONBLOCK = 0o4000;
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

const libc = loadLibc();
const opened: { fd: number; watch: Watch }[] = [];

afterEach(async () => {
  await Promise.all(opened.map(({ watch }) => watch.close()));
  for (const { fd } of opened.splice(0)) closeSync(fd);
});

describe('watching a descriptor', () => {
  test('tells that it is readable, each time that it becomes so', async () => {
    const { fd, readable } = watched();
    for (let times = 1; times <= 3; times++) {
      writeSync(fd, ONE);
      await vi.waitFor(() => expect(readable).toHaveBeenCalledTimes(times), 20_000);
    }
  });

  test('tells it again for as long as nobody reads', async () => {
    const { fd, readable } = watched({ reads: false });
    writeSync(fd, ONE);
    await vi.waitFor(() => expect(readable.mock.calls.length).toBeGreaterThan(3), 20_000);
  });

  test('one thread watches many', async () => {
    const before = readdirSync('/proc/self/task').length;
    const many = Array.from({ length: 100 }, () => watched());
    for (const { fd } of many) writeSync(fd, ONE);
    for (const { readable } of many) await vi.waitFor(() => expect(readable).toHaveBeenCalledOnce(), 20_000);
    expect(readdirSync('/proc/self/task').length).toBe(before + 1);
  });

  test('nothing is told after close(), not even what had been on its way', async () => {
    const first = watched();
    const second = watched();
    writeSync(first.fd, ONE);
    writeSync(second.fd, ONE);
    const closed = first.watch.close();
    await vi.waitFor(() => expect(second.readable).toHaveBeenCalled(), 20_000);
    await closed;
    expect(first.readable).not.toHaveBeenCalled();
  });

  test('the thread and its eventfd are gone when nothing is watched any more', async () => {
    // The threads of libuv's pool are made when they are first needed, by whoever that is.
    await Promise.all(Array.from({ length: 16 }, () => readFile('/proc/self/stat')));
    const threads = readdirSync('/proc/self/task').length;
    const descriptors = eventFds();
    const { watch, fd, readable } = watched();
    writeSync(fd, ONE);
    await vi.waitFor(() => expect(readable).toHaveBeenCalled(), 20_000);
    await Promise.all([watch.close(), watch.close()]);
    expect(readdirSync('/proc/self/task').length).toBe(threads);
    expect(eventFds(), 'but for the one that was watched').toBe(descriptors + 1);
  });

  test('begins anew while the last watch is being closed', async () => {
    const old = watched();
    const closing = old.watch.close();
    const { fd, readable } = watched();
    writeSync(fd, ONE);
    await vi.waitFor(() => expect(readable).toHaveBeenCalledOnce(), 20_000);
    await closing;
    writeSync(fd, ONE);
    await vi.waitFor(() => expect(readable).toHaveBeenCalledTimes(2), 20_000);
  });

  test('takes no time while nothing happens', async () => {
    const { fd, readable } = watched();
    writeSync(fd, ONE);
    await vi.waitFor(() => expect(readable).toHaveBeenCalledOnce(), 20_000);
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(250_000);
  });
});

describe('a process whose thread waits', () => {
  const WATCH = `
    const { loadLibc } = await import(DIST + 'kernel/load-libc.js');
    const poll = await import(DIST + 'poll-thread/poll-thread.js');
    const fd = loadLibc().eventfd(0, 0);
    const subject = { kind: 'readable', fd };
    const watch = (persistent) => poll.watch(subject, { persistent, onReady() {}, onFailure() {} });
    const whileItWaits = () => new Promise((resolve) => setTimeout(resolve, 200));
  `;

  test.each([
    ['ends at process.exit(), with its status', 'watch(true); await whileItWaits(); process.exit(7);', 7],
    ['ends at process.exit() before the thread runs', 'watch(true); process.exit(7);', 7],
    ['ends at an uncaught exception', 'watch(true); await whileItWaits(); throw new Error("expected");', 1],
    ['ends by itself, if not persistent', 'watch(false); await whileItWaits();', 0],
    ['finishes a close() before it ends', 'await watch(false).close(); process.exitCode = 5;', 5],
    ['ends by itself after a close()', 'await watch(true).close();', 0],
    [
      'ends when a watch lives in a worker that is terminated',
      `const { Worker } = await import('node:worker_threads');
       const url = DIST + 'poll-thread/poll-thread.js';
       const code = \`import(\${JSON.stringify(url)}).then(({ watch }) => {
         watch({ kind: 'readable', fd: \${fd} }, { persistent: true, onReady() {}, onFailure() {} });
       })\`;
       const worker = new Worker(code, { eval: true });
       await whileItWaits(); await worker.terminate();`,
      0,
    ],
  ])('%s', async (_, script, status) => {
    expect(await new RunningModule(WATCH + script).end()).toBe(status);
  });

  test('ends by itself when the thread can not be woken, and whoever watches is told', async () => {
    const running = new RunningModule(`${WATCH}
      const { Eventfd } = await import(DIST + 'kernel/eventfd.js');
      const told = new Promise((resolve) =>
        poll.watch(subject, { persistent: true, onReady() {}, onFailure: resolve }));
      await whileItWaits();
      Eventfd.prototype.write = () => { throw new Error('expected'); };
      try { watch(true); } catch ({ message }) { console.log(message); }
      console.log((await told).message);`);
    const reason = 'the thread that polls can not be woken';
    expect([await running.line(), await running.line()]).toEqual([reason, reason]);
    expect(await running.end()).toBe(0);
  });

  test('holds nothing when the thread can not be started', async () => {
    const running = new RunningModule(`${WATCH}
      const { readdirSync } = await import('node:fs');
      const threads = (await import('node:worker_threads')).default;
      threads.Worker = class { constructor() { throw new Error('refused'); } };
      (await import('node:module')).syncBuiltinESMExports();
      console.log('ready');
      const before = readdirSync('/proc/self/fd').length;
      for (let i = 0; i < 3; i++) try { watch(true); } catch ({ message }) { console.log(message); }
      console.log(readdirSync('/proc/self/fd').length - before);`);
    expect(await running.line()).toBe('ready');
    for (let i = 0; i < 3; i++) expect(await running.line()).toBe('refused');
    expect(await running.line()).toBe('0');
    expect(await running.end()).toBe(0);
  });

  test('is kept alive by a persistent watch', async () => {
    const running = new RunningModule(`${WATCH} watch(true); await whileItWaits(); console.log('waits');`);
    await running.line();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(running.process.exitCode).toBeNull();
    await running.kill();
  });

  test('is told when the thread dies', async () => {
    const running = new RunningModule(`${WATCH}
      const failed = new Promise((resolve) =>
        poll.watch(subject, { persistent: true, onReady() {}, onFailure: resolve }));
      await whileItWaits();
      // No command that it knows.
      const { MessagePort } = await import('node:worker_threads');
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function () { postMessage.call(this, null); };
      watch(false);
      await failed; console.log('told'); process.exit();`);
    expect(await running.line()).toBe('told');
    await running.end();
  });
});

function watched({ reads = true } = {}) {
  const fd = libc.eventfd(0, EFD_NONBLOCK);
  const readable = vi.fn(() => {
    if (reads) readSync(fd, new Uint8Array(8));
  });
  const onFailure = vi.fn();
  const watching = watch({ kind: 'readable', fd }, { onReady: readable, onFailure, persistent: true });
  opened.push({ fd, watch: watching });
  return { fd, readable, watch: watching };
}

function eventFds(): number {
  return readdirSync('/proc/self/fdinfo').filter((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1').includes('eventfd-count');
    } catch {
      return false;
    }
  }).length;
}
