import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../../dist/index.js';
import type { PortEvent } from '../../../../src/index.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from './mounted-tracefs.js';
import { startStranger } from './stranger.js';

const FIRST = 20_000;
const COUNT = 1000;

describe.skipIf(!MAY_TRACE || !hasCompiler())(
  'with tracefs, of 1,000 listeners that last no time at all',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'portolan-short-lived-'));
    const program = join(directory, 'short-lived');
    let tracefs: AsyncDisposable;

    beforeAll(async () => {
      execFileSync('cc', ['-O2', '-o', program, fileURLToPath(new URL('short-lived.c', import.meta.url))]);
      tracefs = await mountTracefs();
      enterTestNamespace();
    });
    afterAll(async () => {
      rmSync(directory, { recursive: true });
      await tracefs?.[Symbol.asyncDispose]();
    });

    /** What a monitor tells while the program runs, as `type port`. It waits for `count` events, and then for those of a last one. */
    async function told(count: number, ...args: string[]): Promise<string[]> {
      await using monitor = new PortMonitor({ doorbell: 'tracefs', processes: false, history: 10_000 });
      await monitor.start();
      const { child, listened } = await run(program, args);
      expect(listened).toBe(COUNT);
      const events = () => monitor.recentEvents().events.map(brief);
      await expect.poll(() => events().length).toBeGreaterThanOrEqual(count);
      const last = await run(program, ['exit', String(FIRST + COUNT), '1']);
      await expect.poll(events).toContain(`closed ${FIRST + COUNT}`);
      await monitor.refresh();
      for (const each of [child, last.child]) each.stdin?.end();
      // Each CPU tells of the ends of its own: what is told of one port is in order, and ports may change places.
      const own = events().filter((event) => !event.endsWith(` ${FIRST + COUNT}`));
      return own.sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]));
    }

    const EACH_ONCE = Array.from({ length: COUNT }, (_, i) => [
      `opened ${FIRST + i}`,
      `closed ${FIRST + i}`,
    ]).flat();

    test('each is told whose process listens and ends at once', async () => {
      expect(await told(2 * COUNT, 'exit', String(FIRST), String(COUNT))).toEqual(EACH_ONCE);
    });

    test('each is told that is shut down before it is closed', async () => {
      expect(await told(2 * COUNT, 'shutdown', String(FIRST), String(COUNT))).toEqual(EACH_ONCE);
    });

    test('each is told though the event loop stands still while 2,000 come and go', async () => {
      await using monitor = new PortMonitor({ doorbell: 'tracefs', processes: false, history: 10_000 });
      await monitor.start();
      const listened = execFileSync(program, ['exit', String(FIRST), '2000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      expect(Number(listened)).toBe(2000);
      const events = () => monitor.recentEvents().events.map(brief);
      await expect.poll(() => events().length).toBeGreaterThanOrEqual(4000);
      expect(new Set(events())).toHaveLength(4000);
      expect(events().filter((event) => !/^(opened|closed) \d+$/.test(event))).toEqual([]);
    });

    test('none is told of a thread that listens in another network namespace, and is back by then', async () => {
      await using stranger = await startStranger();
      const elsewhere = `/proc/${stranger.pid}/ns/net`;
      expect(await told(0, 'elsewhere', String(FIRST), String(COUNT), elsewhere)).toEqual([]);
    });

    test('none is told of processes in another network namespace that have ended by then', async () => {
      await using stranger = await startStranger();
      const enter = ['--net', '--target', String(stranger.pid), program];
      await using monitor = new PortMonitor({ doorbell: 'tracefs', processes: false, history: 10_000 });
      await monitor.start();
      const { child, listened } = await run('nsenter', [...enter, 'exit', String(FIRST), String(COUNT)]);
      expect(listened).toBe(COUNT);
      const last = await run(program, ['exit', String(FIRST + COUNT), '1']);
      const events = () => monitor.recentEvents().events.map(brief);
      const expected = [`opened ${FIRST + COUNT}`, `closed ${FIRST + COUNT}`];
      await expect.poll(events).toEqual(expected);
      for (const each of [child, last.child]) each.stdin?.end();
    });
  },
);

/** Runs until the program has told on how many ports it listened; it ends with its input. */
async function run(command: string, args: string[]): Promise<{ child: ChildProcess; listened: number }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, listened: Number(line) };
}

function brief(event: PortEvent): string {
  return 'listener' in event ? `${event.type} ${event.listener.port}` : event.type;
}

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
