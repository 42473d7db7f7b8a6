import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../dist/index.js';
import { startPython } from '../../processes/child.js';
import { enterTestNamespace } from '../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from '../doorbells/tracefs/mounted-tracefs.js';

/** Opens and closes a port once it is signalled, says so with a file, and stays. */
const BRIEF = `
def brief(*_):
    listen(8080).close()
    open(sys.argv[1], 'w').close()
signal.signal(signal.SIGUSR1, brief)
say()
while True: signal.pause()
`;

describe.skipIf(!MAY_TRACE)('a refresh', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-refresh-'));
  let tracefs: AsyncDisposable;

  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
  });

  afterAll(async () => {
    await tracefs?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  test('finds what came and went before it, though what is open is what was open', async () => {
    const done = join(directory, 'done');
    await using child = await startPython(BRIEF, [done]);
    await using monitor = new PortMonitor({ doorbell: 'tracefs', processes: false });
    await monitor.start();
    await monitor.refresh();
    process.kill(child.pid, 'SIGUSR1');
    // Without leaving the event loop a turn in which it would be rung.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(done)) Atomics.wait(pause, 0, 0, 1);
    const events = await monitor.refresh();
    expect(events.map((event) => 'listener' in event && [event.type, event.listener.port])).toEqual([
      ['opened', 8080],
      ['closed', 8080],
    ]);
  });
});
