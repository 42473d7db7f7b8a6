import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../../dist/index.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from './mounted-tracefs.js';

const MEASURED_MS = 4000;

describe.skipIf(!MAY_TRACE)('with tracefs, a look that runs ss', () => {
  const { PATH } = process.env;
  const directory = mkdtempSync(join(tmpdir(), 'portolan-own-rings-'));
  const runs = join(directory, 'runs');
  let tracefs: AsyncDisposable;

  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
    const ss = execFileSync('sh', ['-c', 'command -v ss'], { encoding: 'utf8' }).trim();
    writeFileSync(join(directory, 'ss'), `#!/bin/sh\necho >> ${runs}\nexec ${ss} "$@"\n`);
    chmodSync(join(directory, 'ss'), 0o755);
    process.env.PATH = `${directory}:${PATH}`;
  });
  afterAll(async () => {
    process.env.PATH = PATH;
    rmSync(directory, { recursive: true });
    await tracefs?.[Symbol.asyncDispose]();
  });

  test('does not ring for the next one again and again, though ss binds a socket', async () => {
    await using monitor = new PortMonitor({ sources: ['ss'], processes: false });
    await monitor.start();
    await expect.poll(() => monitor.doorbell).toBe('tracefs');
    // The first rings are answered sooner.
    await sleep(MEASURED_MS / 2);
    const before = readFileSync(runs).length;
    await sleep(MEASURED_MS);
    // Five to ten in a second if each rings for the next; what ss costs allows for one or two, with that of the clock.
    expect(readFileSync(runs).length - before).toBeLessThan((3 * MEASURED_MS) / 1000);
  });
});
