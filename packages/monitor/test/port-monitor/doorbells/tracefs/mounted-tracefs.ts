import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMountinfo } from '../../../../src/kernel/mountinfo.js';
import { tracefsPaths } from '../../../../src/port-monitor/doorbells/tracefs/find-tracefs.js';

export const TRACEFS = '/sys/kernel/tracing';

/** Whether this process may mount tracefs; tests that need it are skipped otherwise. */
export const MAY_TRACE = process.getuid?.() === 0;

/** Only one test process at a time has it; the lock is gone with the process. */
const LOCK = '\0portolan-test-tracefs';

/**
 * A mounted tracefs for this test process alone. It is unmounted again unless it was there before. To be had before a network
 * namespace is entered: the name of the lock is one of that which all test processes begin in (unix(7)).
 */
export async function mountTracefs(): Promise<AsyncDisposable> {
  const lock = await takeLock();
  const wasMounted = tracefsPaths(readMountinfo()).includes(TRACEFS);
  if (!wasMounted) execFileSync('mount', ['-t', 'tracefs', 'none', TRACEFS]);
  return {
    async [Symbol.asyncDispose]() {
      // Lazily: the kernel, or a monitor outside of the tests, may have it open a moment longer.
      if (!wasMounted) execFileSync('umount', ['--lazy', TRACEFS]);
      await new Promise((resolve) => lock.close(resolve));
    },
  };
}

async function takeLock(): Promise<Server> {
  for (;;) {
    const server = createServer();
    const isTaken = await new Promise((resolve) => {
      server.once('error', () => resolve(true)).listen(LOCK, () => resolve(false));
    });
    if (!isTaken) return server;
    await sleep(50);
  }
}
