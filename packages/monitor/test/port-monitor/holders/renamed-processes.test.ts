import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangedEvent, ClosedEvent } from '../../../src/port-monitor/reporting/event.js';
import { startPython } from '../../processes/child.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { askedMonitor } from '../asked-monitor.js';
import { RunningModule } from '../doorbells/run-module.js';

/** Listens, and runs another program in its place when it is signalled, which closes the port when it is signalled. */
const SERVER = `
s = listen(7201)
code = '''
import os, signal, sys
def close(*_):
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    os.close(int(sys.argv[1]))
signal.signal(signal.SIGUSR2, close)
open('/proc/self/comm', 'w').write('renamed')
while True: signal.pause()
'''
signal.signal(signal.SIGUSR1, lambda *_: os.execv(sys.executable, ['other', '-c', code, str(s.fileno())]))
say()
while True: signal.pause()
`;

/** Listens, and runs another program in its place when it is signalled, as a terminal's. */
const CLAIMED = `
s = listen(7202)
code = 'import time; time.sleep(60)'
environment = {**os.environ, 'PORTOLAN_TEST_TERMINAL': 't2'}
signal.signal(signal.SIGUSR1, lambda *_: os.execve(sys.executable, ['other', '-c', code], environment))
say()
while True: signal.pause()
`;

const NOBODY = 65534;

/** Listens as an ordinary user. When it is signalled, it takes another name, forbids to be looked into, and closes the port. */
const HIDING = `
import ctypes
PR_SET_DUMPABLE, PR_SET_NAME = 4, 15
libc = ctypes.CDLL(None)
os.setgroups([])
os.setuid(${NOBODY})
libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
s = listen(7204)
def hide(*_):
    libc.prctl(PR_SET_NAME, b'renamed', 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    s.close()
signal.signal(signal.SIGUSR1, hide)
say()
while True: signal.pause()
`;

const WATCH = `
const { PortMonitor } = await import(DIST + 'index.js');
const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 20 });
monitor.on('closed', ({ listener: { processes } }) => {
  console.log(JSON.stringify(processes.map(({ name, executable }) => [name, executable !== null])));
});
await monitor.start();
console.log(JSON.stringify(monitor.listeners().map(({ processes }) => processes.length)));
`;

describe.skipIf(!MAY_MAKE_NAMESPACES)('a process that runs another program by now', () => {
  beforeAll(enterTestNamespace);

  test('is listed and told under its new name, and what is unchanged stays the same object', async () => {
    await using server = await startPython(SERVER);
    await using monitor = await askedMonitor();
    const [before] = monitor.listeners();
    expect(before).toMatchObject({
      processes: [
        { pid: server.pid, commandLine: [expect.stringMatching(/python3$/), '-c', expect.anything()] },
      ],
    });
    await monitor.refresh();
    expect(monitor.listeners()[0]).toBe(before);
    process.kill(server.pid, 'SIGUSR1');
    await expect.poll(() => monitor.listeners()).toMatchObject([{ processes: [{ name: 'renamed' }] }]);
    expect(monitor.listeners()[0]?.processes?.[0]?.commandLine?.[0]).toBe('other');
    expect(monitor.listeners()[0]).toBe(monitor.listeners()[0]);
  });

  test('has its new name in the event of its closing', async () => {
    await using server = await startPython(SERVER);
    await using monitor = await askedMonitor();
    const closed = new Promise<ClosedEvent>((resolve) => monitor.once('closed', resolve));
    process.kill(server.pid, 'SIGUSR1');
    await expect.poll(() => readComm(server.pid)).toBe('renamed');
    await expect
      .poll(async () => {
        process.kill(server.pid, 'SIGUSR2');
        return (await monitor.refresh()).length;
      })
      .toBe(1);
    expect((await closed).listener.processes).toMatchObject([{ pid: server.pid, name: 'renamed' }]);
  });

  test('has its new name though it forbids to be looked into, and what was known of it', async () => {
    await using server = await startPython(HIDING);
    const watch = new RunningModule(WATCH, NOBODY);
    expect(await watch.line()).toBe('[1]');
    process.kill(server.pid, 'SIGUSR1');
    expect(await watch.line()).toBe('[["renamed",true]]');
    await watch.kill();
  });

  test('belongs to whom its new environment says', async () => {
    await using server = await startPython(CLAIMED);
    await using monitor = await askedMonitor({ owners: [{ environment: 'PORTOLAN_TEST_TERMINAL' }] });
    expect(monitor.listeners()).toMatchObject([{ owners: [] }]);
    const changed = new Promise<ChangedEvent>((resolve) => monitor.once('changed', resolve));
    process.kill(server.pid, 'SIGUSR1');
    const owners = ['PORTOLAN_TEST_TERMINAL=t2'];
    await expect.poll(() => monitor.listeners()).toMatchObject([{ owners, processes: [{ owners }] }]);
    expect(await changed).toMatchObject({
      changes: ['owners'],
      previous: { owners: [] },
      listener: { owners },
    });
  });
});

function readComm(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
}
