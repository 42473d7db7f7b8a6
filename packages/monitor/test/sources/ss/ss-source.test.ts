import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listListeners } from '../../../src/index.js';
import { SsSource } from '../../../src/sources/ss/ss-source.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

const { PATH } = process.env;

/** Programs that are found as `ss` before, or instead of, the real one. */
const BROKEN = [
  {
    what: 'exits with 1',
    script: 'echo "something broke" >&2; exit 1',
    reason: 'ss exited with 1: something broke',
  },
  { what: 'prints garbage', script: 'head -c 100000 /dev/urandom', reason: 'ss printed something else' },
  { what: 'prints nothing', script: 'exit 0', reason: 'ss printed something else' },
  { what: 'hangs', script: 'sleep 600', reason: 'ss did not end within 5 s' },
  { what: 'is killed', script: 'kill -9 $$', reason: 'ss was ended by SIGKILL' },
  { what: 'never stops printing', script: 'exec yes', reason: 'ss printed more than' },
  {
    what: 'is cut off',
    script:
      'printf "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\\ntcp LISTEN 0 1 0.0.0.0:2"',
    reason: 'the output of ss is cut off',
  },
  {
    what: 'is refused by the kernel and by /proc',
    script: 'echo "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port"; echo "Cannot open" >&2',
    reason: 'ss says: Cannot open',
  },
];

describe('where ss', () => {
  let directory: string;
  let server: Server;

  beforeAll(async () => {
    // What other tests open meanwhile would be in one look and not in the next.
    if (MAY_MAKE_NAMESPACES) enterTestNamespace();
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

  async function expectProcToAnswer(reason: string): Promise<void> {
    const snapshot = await listListeners({ sources: ['ss', 'proc'], processes: false });
    expect(snapshot.source).toBe('proc');
    expect(snapshot.failures).toHaveLength(1);
    expect(snapshot.failures[0]?.reason).toContain(reason);
    const proc = await listListeners({ sources: ['proc'], processes: false });
    expect(snapshot.listeners).toEqual(proc.listeners);
    expect(snapshot.listeners.length).toBeGreaterThan(0);
  }

  test('is not installed, /proc answers', async () => {
    process.env.PATH = directory;
    await expectProcToAnswer('ss is not installed, or not in PATH (ENOENT)');
  });

  test('may not be run, /proc answers', async () => {
    writeFileSync(join(directory, 'ss'), '#!/bin/sh\n', { mode: 0o644 });
    process.env.PATH = directory;
    await expectProcToAnswer("ss can't be run (EACCES)");
  });

  test.each(BROKEN)('$what, /proc answers', async ({ script, reason }) => {
    writeFileSync(join(directory, 'ss'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${directory}${delimiter}${PATH}`;
    await expectProcToAnswer(reason);
  });

  test('hangs and the caller gives up, the look ends with the reason of the signal', async () => {
    writeFileSync(join(directory, 'ss'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    process.env.PATH = `${directory}${delimiter}${PATH}`;
    const signal = AbortSignal.timeout(100);
    await expect(new SsSource().look(signal)).rejects.toThrow('due to timeout');
  });
});
