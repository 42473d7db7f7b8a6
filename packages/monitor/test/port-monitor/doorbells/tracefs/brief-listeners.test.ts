import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../../dist/index.js';
import type { PortEvent } from '../../../../src/index.js';
import { startPython } from '../../../processes/child.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from './mounted-tracefs.js';

describe.skipIf(!MAY_TRACE)('with tracefs, a listener that closes as soon as it has opened', () => {
  let tracefs: AsyncDisposable;
  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
  });
  afterAll(() => tracefs[Symbol.asyncDispose]());

  async function started(): Promise<PortMonitor> {
    const monitor = new PortMonitor({ doorbell: 'tracefs', processes: false, history: 100_000 });
    await monitor.start();
    return monitor;
  }

  /** The events once as many have come, each as `type port`. */
  async function told(monitor: PortMonitor, count: number): Promise<string[]> {
    const events = () => monitor.recentEvents().events.map(brief);
    await expect.poll(() => events().length).toBeGreaterThanOrEqual(count);
    return events();
  }

  test('is told, though its process ends and nothing else happens', async () => {
    await using monitor = await started();
    await using _ = await startPython(`
import time
for port in range(7000, 7020):
    if os.fork() == 0:
        listen(port).close()
        time.sleep(0.1)
        os._exit(0)
    os.wait()
say()
wait()`);
    const ports = Array.from({ length: 20 }, (_, i) => 7000 + i);
    expect(await told(monitor, 40)).toEqual(ports.flatMap((port) => [`opened ${port}`, `closed ${port}`]));
  });

  test('is told each time', async () => {
    await using monitor = await started();
    await using child = await startPython<{ count: number }>(`
import time
end = time.monotonic() + 2
count = 0
while time.monotonic() < end:
    listen(7000).close()
    count += 1
    time.sleep(0.005)
say(count=count)
wait()`);
    expect(await told(monitor, 2 * child.report.count)).toEqual(
      Array.from({ length: child.report.count }, () => ['opened 7000', 'closed 7000']).flat(),
    );
  });

  test('is not one where listen() failed, whenever somebody looks', async () => {
    await using monitor = await started();
    await using child = await startPython<{ failures: number }>(FAILING);
    expect(child.report.failures).toBeGreaterThan(500);
    await monitor.refresh();
    expect(monitor.recentEvents().events.map(brief)).toEqual(['opened 7400']);
  });

  test('takes the event loop from nobody, however often it does so', async () => {
    await using monitor = await started();
    await using child = await startPython(`
say()
import time
end = time.monotonic() + 2
while time.monotonic() < end:
    s = socket.socket()
    s.bind(('127.0.0.1', 7200))
    s.listen()
    s.close()
wait()`);
    expect(child.pid).toBeGreaterThan(0);
    const end = performance.now() + 2000;
    // What a turn takes of the CPU: how long it waits for that is the business of whatever else runs.
    let longestMs = 0;
    while (performance.now() < end) {
      const began = process.cpuUsage();
      await new Promise(setImmediate);
      const { user, system } = process.cpuUsage(began);
      longestMs = Math.max(longestMs, (user + system) / 1000);
    }
    expect(longestMs).toBeLessThan(1500);
    // Some 2,000 on a fast machine, and a tenth of that on a slow one.
    expect(monitor.recentEvents().events.length).toBeGreaterThan(100);
  });
});

/** Both may be bound to the port, and only one may listen. */
const FAILING = `
import time
def bound(address):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, 7400))
    return s
first, second = bound('0.0.0.0'), bound('127.0.0.1')
first.listen()
failures = 0
end = time.monotonic() + 2
while time.monotonic() < end:
    try: second.listen()
    except OSError: failures += 1
    time.sleep(0.0002)
say(failures=failures)
wait()`;

function brief(event: PortEvent): string {
  return 'listener' in event ? `${event.type} ${event.listener.port}` : event.type;
}
