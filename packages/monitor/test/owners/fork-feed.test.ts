import { describe, expect, test } from 'vitest';
import { RunningModule } from '../port-monitor/doorbells/run-module.js';
import { startProgram } from '../port-monitor/test-program.js';
import { MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';

/** Says each operation that the process connector is asked for: 1 is PROC_CN_MCAST_LISTEN, 2 is PROC_CN_MCAST_IGNORE. */
const FEED = `
  const { writeSync } = await import('node:fs');
  const { loadLibc } = await import(DIST + 'kernel/load-libc.js');
  const { ForkFeed } = await import(DIST + 'owners/fork-feed.js');
  const libc = loadLibc();
  const { send } = libc;
  libc.send = (fd, message, flags) => {
    const result = send(fd, message, flags);
    if (message.length === 40) writeSync(1, 'asked ' + message[36] + ', ' + result + '\\n');
    return result;
  };
  const options = { onFork() {}, onCaughtUp() {}, onLoss() {} };
`;

// Before Linux 6.6 the kernel counts these, and who is missing among those that end leaves the connector on.
describe.skipIf(!MAY_MAKE_NAMESPACES)('the process connector is told that nobody listens any more', () => {
  test.each([
    [
      'when the feed is closed',
      'const feed = new ForkFeed(options); await Promise.all([feed.close(), feed.close()]);',
      0,
    ],
    ['when the process exits', 'new ForkFeed(options); process.exit(3);', 3],
    ['when the process ends by itself', 'new ForkFeed(options);', 0],
    ['when the process fails', 'new ForkFeed(options); throw new Error("expected");', 1],
    [
      'when nothing can wait for its messages',
      `const { Eventfd } = await import(DIST + 'kernel/eventfd.js');
       Eventfd.prototype.write = () => { throw new Error('expected'); };
       try { new ForkFeed(options); } catch {}`,
      0,
    ],
  ])('%s', async (_, script, status) => {
    const running = new RunningModule(FEED + script);
    expect([await running.line(), await running.line()]).toEqual(['asked 1, 40', 'asked 2, 40']);
    await expect(running.line()).rejects.toThrow('it ended');
    expect(await running.end()).toBe(status);
  });
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('before Linux 6.6, where the kernel does not see who ends', () => {
  const url = new URL('../../dist/owners/fork-feed.js', import.meta.url).href;
  const attempt = `
    const { ForkFeed } = await import('${url}');
    const { writeSync } = await import('node:fs');
    try {
      await new ForkFeed({ onFork() {}, onCaughtUp() {}, onLoss() {} }).close();
      writeSync(1, 'follows forks\\n');
    } catch ({ message }) {
      writeSync(1, message + '\\n');
    }
  `;
  const inThread = `
    const { Worker } = await import('node:worker_threads');
    new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(attempt)})));
  `;

  test.each([
    ['the main thread follows forks', attempt, 'follows forks'],
    ['a thread that may be terminated does not', inThread, 'would leave the process connector on'],
  ])('%s', async (_, source, told) => {
    await using program = startProgram(source, { before: ['setarch', '--uname-2.6'] });
    expect(await program.line()).toContain(told);
    expect(await program.exit).toEqual([0, null]);
  });

  test('a thread follows them where the kernel does', async () => {
    await using program = startProgram(inThread);
    expect(await program.line()).toBe('follows forks');
  });
});
