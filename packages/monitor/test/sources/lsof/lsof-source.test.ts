import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listListeners } from '../../../src/index.js';
import { LsofSource } from '../../../src/sources/lsof/lsof-source.js';
import { startPython } from '../../processes/child.js';
import { HAS_LSOF } from '../../test-namespace/has-lsof.js';

const { PATH } = process.env;
const IS_ROOT = process.getuid?.() === 0;

/** Programs that are found as `lsof` before, or instead of, the real one. */
const BROKEN = [
  {
    what: 'exits with 1 and complains',
    script: 'echo "lsof: unknown file type" >&2; exit 1',
    reason: 'lsof exited with 1: lsof: unknown file type',
  },
  {
    what: 'breaks off with an answer half printed',
    script: String.raw`printf 'p1\0cinit\0\n'; echo "lsof: PID 5: too few bytes" >&2; exit 1`,
    reason: 'lsof exited with 1: lsof: PID 5: too few bytes',
  },
  { what: 'exits with 2', script: 'exit 2', reason: 'lsof exited with 2' },
  { what: 'prints garbage', script: 'head -c 100000 /dev/urandom', reason: 'lsof' },
  { what: 'is killed', script: 'kill -9 $$', reason: 'lsof was ended by SIGKILL' },
  { what: 'hangs', script: 'sleep 600', reason: 'lsof did not end within 15 s' },
  { what: 'never stops printing', script: 'exec yes', reason: 'lsof printed more than' },
  { what: 'is cut off', script: String.raw`printf 'p1\0cinit\0\nf3\0tIP'`, reason: 'cut off' },
];

describe('where lsof', () => {
  let directory: string;
  let server: Server;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'portolan-'));
  });

  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(directory, { recursive: true });
  });

  function install(script: string): void {
    writeFileSync(join(directory, 'lsof'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${directory}${delimiter}${PATH}`;
  }

  async function expectProcToAnswer(reason: string): Promise<void> {
    const snapshot = await listListeners({ sources: ['lsof', 'proc'], processes: false });
    expect(snapshot.source).toBe('proc');
    expect(snapshot.failures).toHaveLength(1);
    expect(snapshot.failures[0]?.reason).toContain(reason);
    expect(snapshot.listeners.length).toBeGreaterThan(0);
  }

  test('is not installed, /proc answers', async () => {
    process.env.PATH = directory;
    await expectProcToAnswer('lsof is not installed, or not in PATH (ENOENT)');
  });

  test.each(BROKEN)('$what, /proc answers', async ({ script, reason }) => {
    install(script);
    await expectProcToAnswer(reason);
  });

  test.each([
    ['finds nothing', 'exit 1'],
    ['finds nothing and warns', 'echo "lsof: WARNING: can\'t stat() fuse file system" >&2; exit 1'],
    ['warns', 'echo "lsof: WARNING: no pwd entry" >&2'],
  ])('%s, that is an answer', async (_, script) => {
    install(script);
    const { source, listeners } = await listListeners({ sources: ['lsof'], processes: false });
    expect({ source, listeners }).toEqual({ source: 'lsof', listeners: [] });
  });

  test('hangs and the caller gives up, the look ends with the reason of the signal', async () => {
    install('exec sleep 600');
    await expect(new LsofSource().look(AbortSignal.timeout(100))).rejects.toThrow('due to timeout');
  });
});

describe.skipIf(!HAS_LSOF)('the real lsof', () => {
  test('names a process whatever it calls itself, as /proc does', async () => {
    await using child = await startPython<{ port: number }>(`
s = listen()
open('/proc/self/comm', 'wb').write(b'x\\np1\\ncinit\\x1b')
say(port=s.getsockname()[1])
wait()`);
    const look = async (source: 'lsof' | 'proc') => {
      const { listeners } = await listListeners({ sources: [source] });
      return listeners.find(({ port }) => port === child.report.port);
    };
    const [lsof, proc] = [await look('lsof'), await look('proc')];
    expect(lsof?.processes).toMatchObject([{ pid: child.pid, name: 'x\np1\ncinit\x1b' }]);
    expect(lsof?.processes).toEqual(proc?.processes);
    expect(lsof?.sockets[0]?.holder).toBe('process');
  });

  test('finds a socket in a parent and in its worker', async () => {
    await using child = await startPython<{ port: number; worker: number }>(`
s = listen()
pid = os.fork()
if pid == 0: wait()
say(port=s.getsockname()[1], worker=pid)
wait()`);
    const { listeners } = await listListeners({ sources: ['lsof'] });
    const found = listeners.find(({ port }) => port === child.report.port);
    expect(found?.sockets).toHaveLength(1);
    const byPid = [child.pid, child.report.worker].sort((a, b) => a - b);
    expect(found?.processes?.map(({ pid }) => pid)).toEqual(byPid);
  });

  test.skipIf(!IS_ROOT)('shows an ordinary user their own sockets and no others', async () => {
    await using own = await startPython<{ port: number }>(
      's = listen(); say(port=s.getsockname()[1]); wait()',
    );
    const script = `
      import { listListeners } from ${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)};
      import { createServer } from 'node:net';
      const server = createServer().listen(0, '127.0.0.1', async () => {
        const { listeners } = await listListeners({ sources: ['lsof'] });
        console.log(JSON.stringify([server.address().port, listeners.map(({ port }) => port)]));
        server.close();
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      uid: 65534,
      gid: 65534,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await once(child.stdout, 'data');
    const [port, seen] = JSON.parse(String(output));
    // That user may have others running.
    expect(seen).toContain(port);
    expect(seen).not.toContain(own.report.port);
  });
});
