import { beforeAll, describe, expect, test } from 'vitest';
import { type Child, startPython } from '../../processes/child.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { RunningModule } from '../doorbells/run-module.js';

/** Serves on a port, and forks when it is signalled: SIGUSR1 leaves the port to the child, SIGUSR2 makes a worker. */
const SERVER = `
s = listen(int(sys.argv[1]))
def leave(*_):
    if os.fork() > 0: os._exit(0)
def work(*_):
    if os.fork() == 0:
        while True: signal.pause()
signal.signal(signal.SIGUSR1, leave)
signal.signal(signal.SIGUSR2, work)
say()
while True: signal.pause()
`;

/** Tells who holds a port at the start and after each change, and how long the change took to come. */
const MONITOR = (port: number) => `
const { PortMonitor } = await import(DIST + 'index.js');
const monitor = new PortMonitor({ doorbell: 'clock', filter: { ports: [{ from: ${port}, to: ${port} }] } });
const say = (changes, listener) => console.log(JSON.stringify({ changes, pids: listener.processes.map(({ pid }) => pid) }));
await monitor.start();
for (const listener of monitor.listeners()) say([], listener);
monitor.on('changed', ({ changes, listener }) => say(changes, listener));
process.stdin.on('data', async () => {
  await monitor.refresh();
  for (const listener of monitor.listeners()) say(['asked'], listener);
});
`;

interface Holders {
  readonly changes: readonly string[];
  readonly pids: readonly number[];
}

/** A server, and a monitor that tells who holds its port. */
class WatchedServer implements AsyncDisposable {
  readonly #module: RunningModule;

  private constructor(
    readonly server: Child<unknown>,
    port: number,
  ) {
    this.#module = new RunningModule(MONITOR(port));
  }

  static async start(port: number): Promise<WatchedServer> {
    const watched = new WatchedServer(await startPython(SERVER, [String(port)]), port);
    expect(await watched.holders()).toEqual({ changes: [], pids: [watched.server.pid] });
    return watched;
  }

  async holders(): Promise<Holders> {
    return JSON.parse(await this.#module.line());
  }

  ask(): Promise<Holders> {
    this.#module.goOn();
    return this.holders();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#module.kill();
    await this.server[Symbol.asyncDispose]();
  }
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('the holders that a monitor knows', () => {
  beforeAll(enterTestNamespace);

  test('are others when one leaves its socket to a child and ends', async () => {
    await using watched = await WatchedServer.start(7101);
    process.kill(watched.server.pid, 'SIGUSR1');
    let holders = await watched.holders();
    // The child may be seen before its parent has ended.
    if (holders.pids.length === 2) holders = await watched.holders();
    expect(holders).toEqual({ changes: ['processes'], pids: [expect.any(Number)] });
    expect(holders.pids).not.toContain(watched.server.pid);
  });

  test('are one more when a worker is forked long after the port was opened, and one less when it ends', async () => {
    await using watched = await WatchedServer.start(7102);
    const { pid } = watched.server;
    process.kill(pid, 'SIGUSR2');
    const { changes, pids } = await watched.holders();
    expect({ changes, count: pids.length }).toEqual({ changes: ['processes'], count: 2 });
    process.kill(pids.find((each) => each !== pid) ?? 0, 'SIGKILL');
    expect(await watched.holders()).toEqual({ changes: ['processes'], pids: [pid] });
  });

  test('are known to whoever asks for a look, though a worker was forked just before', async () => {
    await using watched = await WatchedServer.start(7103);
    process.kill(watched.server.pid, 'SIGUSR2');
    let asked = await watched.ask();
    // It may not have been forked yet.
    while (asked.pids.length < 2) asked = await watched.ask();
    expect(asked.pids).toContain(watched.server.pid);
  });
});
