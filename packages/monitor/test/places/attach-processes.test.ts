import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { attachProcesses } from '../../src/places/attach-processes.js';
import { parseCgroupPath } from '../../src/processes/parse-cgroup.js';
import type { Process } from '../../src/processes/process.js';
import { startChild, startPython } from '../processes/child.js';
import { listenerOf } from '../processes/holders/listener-of.js';

const IS_ROOT = process.getuid?.() === 0;
/** A security module may keep root, too, from looking at some processes. */
const SEES_ALL = IS_ROOT && isFirstPidNamespace() && mayReadInit();
/** An inode that no socket has. */
const NOBODY = 4_000_000_000;
/** Newer versions of Node name their main thread. */
const NODE_NAME = readFileSync('/proc/self/comm', 'utf8').trimEnd();

function isFirstPidNamespace(): boolean {
  return readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
}

function mayReadInit(): boolean {
  try {
    return readlinkSync('/proc/1/fd/0') !== '';
  } catch {
    return false;
  }
}

async function look(inode: number | null, uid: number | null = 0) {
  const [listener] = await attachProcesses([listenerOf(inode, uid)]);
  return { holder: listener?.sockets[0]?.holder, processes: listener?.processes ?? [] };
}

describe('a process behind a socket', () => {
  test('is found with all that /proc tells of it', async () => {
    const before = Date.now();
    await using child = await startChild<{ inode: number }>(
      process.execPath,
      [
        '-e',
        `const s = require('net').createServer().listen(0, '127.0.0.1', () =>
          console.log(JSON.stringify({ inode: require('fs').fstatSync(s._handle.fd).ino })))`,
        '--',
        'ünï',
        '',
        'last',
      ],
      { cwd: '/tmp' },
    );
    const { holder, processes } = await look(child.report.inode);
    expect(holder).toBe('process');
    expect(processes).toEqual([
      {
        pid: child.pid,
        namespacePid: child.pid,
        parentPid: process.pid,
        name: NODE_NAME,
        commandLine: [process.execPath, '-e', expect.any(String), '--', 'ünï', '', 'last'],
        executable: readlinkSync('/proc/self/exe'),
        uid: process.geteuid?.(),
        user: IS_ROOT ? 'root' : expect.anything(),
        startedAt: expect.any(Date),
        startTicks: expect.any(Number),
        workingDirectory: readlinkSync(`/proc/${child.pid}/cwd`),
        container: null,
        unit: null,
        cgroup: parseCgroupPath(readFileSync('/proc/self/cgroup')),
        leadsTo: null,
        owners: [],
      },
    ]);
    const startedAt = processes[0]?.startedAt?.getTime() ?? 0;
    // The kernel tells the time of boot in whole seconds.
    expect(startedAt).toBeGreaterThan(before - 2500);
    expect(startedAt).toBeLessThan(Date.now() + 1500);
  });

  test('listeners keep their order, and a process with two sockets of one listener stands once', async () => {
    await using child = await startPython<{ inodes: number[] }>(
      'a, b = listen(), listen(); say(inodes=[inode(a), inode(b)]); wait()',
    );
    const [a = 0, b = 0] = child.report.inodes;
    const both = { ...listenerOf(b), sockets: [...listenerOf(b).sockets, ...listenerOf(a).sockets], port: 9 };
    const found = await attachProcesses([both, listenerOf(null), listenerOf(a)]);
    expect(found.map(({ port }) => port)).toEqual([9, 1, 1]);
    expect(found.map(({ processes }) => processes?.map(({ pid }) => pid))).toEqual([
      [child.pid],
      [],
      [child.pid],
    ]);
    expect(found[1]?.sockets[0]?.holder).toBeNull();
  });

  test('that ended after the dump leaves nothing behind', async () => {
    const child = await startPython<{ inode: number }>('s = listen(); say(inode=inode(s)); wait()');
    await child[Symbol.asyncDispose]();
    const { holder, processes } = await look(child.report.inode, 1000);
    expect(processes).toEqual([]);
    expect(holder).toBe(SEES_ALL ? null : 'hidden');
  });

  test('of no listeners there are none', async () => {
    expect(await attachProcesses([])).toEqual([]);
  });
});

/** Who was forked and has not come to its CPU yet is no holder: it may be about to run another program. */
async function holders(inode: number): Promise<number[]> {
  const { processes } = await look(inode);
  return processes.map(({ pid }) => pid);
}

function sorted(pids: readonly number[]): number[] {
  return pids.toSorted((a, b) => a - b);
}

describe('a socket in several processes', () => {
  test('is found in the parent and in every worker, whichever is found first', async () => {
    await using child = await startPython<{ inode: number; pids: number[] }>(`
s = listen()
pids = [os.getpid()]
for _ in range(5):
    pid = os.fork()
    if pid == 0: wait()
    pids.append(pid)
say(inode=inode(s), pids=pids)
wait()`);
    await expect.poll(() => holders(child.report.inode)).toEqual(sorted(child.report.pids));
  });

  test('is found in a grandchild and in workers whose master is gone', async () => {
    await using child = await startPython<{ inode: number; pids: number[] }>(`
s = listen()
r, w = os.pipe()
if os.fork() == 0:
    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            grandchild = os.fork()
            if grandchild == 0: signal.signal(signal.SIGTERM, lambda *_: os._exit(0)); wait()
            os.write(w, b'%d %d\\n' % (os.getpid(), grandchild)); wait()
    os._exit(0)
os.wait()
lines = os.fdopen(r)
pids = [int(p) for _ in range(2) for p in lines.readline().split()]
node = inode(s)
s.close()
say(inode=node, pids=pids)
wait()`);
    const { pids, inode } = child.report;
    try {
      await expect.poll(() => holders(inode)).toEqual(sorted(pids));
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    }
  });

  test('is found in a parent and a child that have it behind thousands of files', async () => {
    await using child = await startPython<{ inode: number; pids: number[] }>(`
fd = os.open('/dev/null', 0)
for _ in range(3000): os.dup(fd)
s = listen()
pid = os.fork()
if pid == 0: wait()
say(inode=inode(s), pids=[os.getpid(), pid])
wait()`);
    await expect.poll(() => holders(child.report.inode)).toEqual(sorted(child.report.pids));
  });

  test('is not in a child that is on its way to another program', async () => {
    await using child = await startPython<{ inode: number }>(`
import time
s = listen()
s.set_inheritable(False)
say(inode=inode(s))
while True:
    pid = os.fork()
    if pid == 0:
        time.sleep(0.003)
        os.execvp('true', ['true'])
    os.waitpid(pid, 0)`);
    for (let i = 0; i < 20; i++) {
      const { processes } = await look(child.report.inode);
      expect(processes.map(({ pid }) => pid)).toEqual([child.pid]);
    }
  });
});

describe('a socket in no process that can be seen', () => {
  test.skipIf(!IS_ROOT)('is hidden for an ordinary user, who still finds their own', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await using owner = await startPython<{ inode: number }>('s = listen(); say(inode=inode(s)); wait()');
      const script = fileURLToPath(new URL('look-as-nobody.mjs', import.meta.url));
      await using child = await startChild<{ holder: string; processes: Process[] }[]>(
        process.execPath,
        [script, String(owner.report.inode)],
        { uid: 65534, gid: 65534, cwd: '/' },
      );
      expect(child.report).toEqual([
        { holder: 'hidden', processes: [] },
        {
          holder: 'process',
          processes: [expect.objectContaining({ pid: child.pid, uid: 65534, name: NODE_NAME })],
        },
      ]);
    } finally {
      server.close();
    }
  });

  test.skipIf(!IS_ROOT)('is hidden from inside another pid namespace', async () => {
    const script = fileURLToPath(new URL('look-as-nobody.mjs', import.meta.url));
    await using child = await startChild<{ holder: string }[]>('unshare', [
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      process.execPath,
      script,
      String(NOBODY),
    ]);
    expect(child.report.map(({ holder }) => holder)).toEqual(['hidden', 'process']);
  });
});

describe('whatever a process calls itself', () => {
  test('names and arguments with control characters and broken UTF-8 are read', async () => {
    await using child = await startPython<{ inode: number }>(`
import subprocess
s = listen()
code = b'import json; open("/proc/self/comm", "wb").write(b"a) R 1\\\\n\\\\x1b[2J\\\\xff"); print(json.dumps(dict(inode=%d)), flush=True); input()' % inode(s)
os.execv(sys.executable, [b'\\x1b]0;title\\x07', b'-c', code, b'two\\nlines', b'\\xff\\xfe', 'ü'.encode()])`);
    const { processes } = await look(child.report.inode);
    expect(processes).toHaveLength(1);
    expect(processes[0]?.name).toBe('a) R 1\n\x1b[2J\ufffd');
    expect(processes[0]?.commandLine?.[0]).toBe('\x1b]0;title\x07');
    expect(processes[0]?.commandLine?.slice(-3)).toEqual(['two\nlines', '\ufffd\ufffd', 'ü']);
    expect(processes[0]?.parentPid).toBe(process.pid);
  });

  test('a command line of a megabyte is cut at 4 KiB', async () => {
    await using child = await startPython<{ inode: number }>(
      's = listen(); say(inode=inode(s)); wait()',
      Array.from({ length: 10 }, () => 'é'.repeat(50_000)),
    );
    const { processes } = await look(child.report.inode);
    const commandLine = processes[0]?.commandLine ?? [];
    expect(commandLine.at(-1)?.endsWith('éé…')).toBe(true);
    const length = Buffer.byteLength(commandLine.join('\0').slice(0, -1));
    expect(length).toBeGreaterThan(4096 - 4);
    expect(length).toBeLessThanOrEqual(4096);
  });
});
