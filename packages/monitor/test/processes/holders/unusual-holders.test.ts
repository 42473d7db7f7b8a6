import { beforeAll, describe, expect, test } from 'vitest';
import { networkNamespaceOf } from '../../../src/kernel/namespaces/namespace-identity.js';
import { attachProcesses } from '../../../src/places/attach-processes.js';
import { selfSite } from '../../../src/places/self-place.js';
import { SiteReader } from '../../../src/places/site-reader.js';
import { mayHaveDescriptorsInFlight } from '../../../src/processes/holders/descriptors-in-flight.js';
import { hasEnded } from '../../../src/processes/system-process-reader.js';
import { runInSlices } from '../../../src/timing/slices.js';
import { openSocket } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { startPython } from '../child.js';
import { listenerOf } from './listener-of.js';

async function look(inode: number) {
  const [listener] = await attachProcesses([listenerOf(inode, 0)]);
  return { holder: listener?.sockets[0]?.holder, processes: listener?.processes ?? [] };
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('in a network namespace of its own, the holder of a socket', () => {
  beforeAll(enterTestNamespace);

  test('is a process whose main thread has ended, and is known with what it runs', async () => {
    await using child = await startPython<{ inode: number }>(`
import ctypes, threading, time
s = listen()
def work():
    while open('/proc/%d/stat' % os.getpid()).read().rsplit(')', 1)[1].split()[0] != 'Z': time.sleep(0.01)
    say(inode=inode(s))
    time.sleep(60)
threading.Thread(target=work).start()
ctypes.CDLL(None).pthread_exit(None)`);
    const { holder, processes } = await look(child.report.inode);
    expect(holder).toBe('process');
    expect(processes).toMatchObject([
      { pid: child.pid, executable: expect.any(String), workingDirectory: process.cwd() },
    ]);
    expect(processes[0]?.commandLine?.[0]).toMatch(/python3$/);
    expect(processes.map(hasEnded)).toEqual([false]);
  });

  test('is a process of which a thread has open files of its own', async () => {
    await using child = await startPython<{ inode: number }>(`
import ctypes, threading, time
def work():
    assert ctypes.CDLL(None).unshare(0x400) == 0  # CLONE_FILES
    s = listen()
    say(inode=inode(s))
    time.sleep(60)
threading.Thread(target=work).start()
wait()`);
    expect(await look(child.report.inode)).toMatchObject({
      holder: 'process',
      processes: [{ pid: child.pid }],
    });
  });

  test('is nobody who is known, and not the kernel, while it is in flight in a unix socket', async () => {
    await using child = await startPython<{ inode: number }>(`
s = listen()
a, b = socket.socketpair()
number = inode(s)
socket.send_fds(a, [b'x'], [s.fileno()])
s.close()
say(inode=number)
wait()`);
    expect(await look(child.report.inode)).toEqual({ holder: null, processes: [] });
    expect(await runInSlices(mayHaveDescriptorsInFlight(networkNamespaceOf(child.pid)))).toBe(true);
  });

  test('is not the kernel if the socket closed before it was searched for', async () => {
    const reader = new SiteReader(selfSite());
    try {
      const socket = openSocket({ protocol: 'udp', family: 4, address: '127.0.0.1', port: 4444 });
      const { listeners } = await reader.look();
      expect(listeners).toMatchObject([{ port: 4444 }]);
      socket[Symbol.dispose]();
      const [closed] = await reader.attachProcesses(listeners);
      expect(closed).toMatchObject({ processes: [], sockets: [{ holder: null }] });
    } finally {
      reader.close();
    }
  });
});

describe('a child that was forked to run another program', () => {
  test('is no holder, however long it takes to come to that', async () => {
    await using child = await startPython<{ inode: number }>(`
import time
s = socket.create_server(('127.0.0.1', 0))
if os.fork() == 0:
    end = time.monotonic() + 0.4
    while time.monotonic() < end: pass
    os.execvp('sleep', ['sleep', '60'])
say(inode=inode(s))
wait()`);
    const { processes } = await look(child.report.inode);
    expect(processes.map(({ pid }) => pid)).toEqual([child.pid]);
  });
});
