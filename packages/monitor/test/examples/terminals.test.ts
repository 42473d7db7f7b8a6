import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../free-port.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

let directory: string;

beforeAll(() => {
  // In the workspace Node finds the package that the example imports.
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  directory = mkdtempSync(join(ROOT, 'build/examples-'));
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [
    ...['--ignoreConfig', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'],
    ...['--skipLibCheck', '--lib', 'es2022,esnext.disposable', '--outDir', directory],
    join(ROOT, 'examples/terminals.ts'),
  ]);
});

afterAll(() => rmSync(directory, { recursive: true }));

test('examples/terminals.ts shows the ports of each terminal as they come and go', async () => {
  const [first, second] = [await freePort(), await freePort()];
  const serve = (port: number) => `python3 -m http.server --bind 127.0.0.1 ${port}`;
  const terminals = [`exec ${serve(first)} 2>&1`, `setsid -f ${serve(second)} 2>&1; exec sleep 60`];
  const example = spawn(process.execPath, [join(directory, 'terminals.js'), ...terminals], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const pids: number[] = [];
  const reader = createInterface({ input: example.stdout }).on('line', (line) => lines.push(line));
  const pidOf = async (terminal: number, port: number): Promise<number> => {
    const pattern = new RegExp(`^terminal ${terminal}: tcp ${port} python3 \\(pid (\\d+)\\)$`, 'm');
    for (;;) {
      const pid = pattern.exec(lines.join('\n'))?.[1];
      if (pid !== undefined) return Number(pid);
      await once(reader, 'line');
    }
  };
  try {
    pids.push(await pidOf(1, first));
    pids.push(await pidOf(2, second));
    process.kill(pids.pop() ?? 0, 'SIGTERM');
    while (!lines.includes('terminal 2: no ports')) await once(reader, 'line');
    expect(lines).not.toContain('terminal 1: no ports');
    const end = once(example, 'exit');
    example.kill('SIGINT');
    expect(await end).toEqual([0, null]);
    expect(lines.at(-1)).toBe('terminal 1: no ports');
    pids.length = 0;
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    example.kill('SIGKILL');
  }
});
