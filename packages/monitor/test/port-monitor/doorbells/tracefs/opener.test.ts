import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../../dist/index.js';
import { type Child, startPython } from '../../../processes/child.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from './mounted-tracefs.js';

/** Opens a port at each SIGUSR1, with so many other files open. */
const OPENER = `
FIRST, FILES, TRIES = 30000, 15000, 20
resource.setrlimit(resource.RLIMIT_NOFILE, (FILES + 1000, FILES + 1000))
files = [os.open('/dev/null', os.O_RDONLY) for _ in range(FILES)]
ports = iter(range(FIRST, FIRST + TRIES))
signal.signal(signal.SIGUSR1, lambda *_: files.append(listen(next(ports))))
say()
while True: signal.pause()
`;

/** Opens a port in a thread that shares its files with nobody, which stays. */
const OWN_FILES = `
import ctypes, threading
CLONE_FILES = 0x400
def serve():
    ctypes.CDLL(None).unshare(CLONE_FILES)
    s = listen(30100)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    threading.Event().wait()
def start(*_): threading.Thread(target=serve, daemon=True).start()
signal.signal(signal.SIGUSR1, start)
say()
while True: signal.pause()
`;

describe.skipIf(!MAY_TRACE)('with tracefs, whoever opens a port', () => {
  let tracefs: AsyncDisposable;
  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
  });
  afterAll(() => tracefs[Symbol.asyncDispose]());

  /** The processes that are told with the opening of the next port. */
  async function nextOpening(monitor: PortMonitor, child: Child<unknown>): Promise<number[] | undefined> {
    const events = monitor.events()[Symbol.asyncIterator]();
    process.kill(child.pid, 'SIGUSR1');
    for (;;) {
      const { value: event } = await events.next();
      if (event?.type !== 'opened') continue;
      await events.return?.();
      return event.listener.processes?.map(({ pid }: { pid: number }) => pid);
    }
  }

  test('is told with it, behind 15,000 other files, and without a search through these', async () => {
    await using child = await startPython(OPENER);
    await using monitor = new PortMonitor({ doorbell: 'tracefs' });
    await monitor.start();
    const cpuMs: number[] = [];
    for (let i = 0; i < 20; i++) {
      const before = process.cpuUsage();
      expect(await nextOpening(monitor, child)).toEqual([child.pid]);
      const { user, system } = process.cpuUsage(before);
      cpuMs.push((user + system) / 1000);
    }
    // What it takes of the CPU: to read the names of so many descriptors alone takes some ten times as long.
    expect(cpuMs.toSorted((a, b) => a - b)[10]).toBeLessThan(20);
  });

  test('is told with it, if only one of its threads has the socket', async () => {
    await using child = await startPython(OWN_FILES);
    await using monitor = new PortMonitor({ doorbell: 'tracefs' });
    await monitor.start();
    expect(await nextOpening(monitor, child)).toEqual([child.pid]);
  });
});
