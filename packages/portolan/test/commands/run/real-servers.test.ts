import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { freePort } from '../../free-port.js';
import { StartedProgram } from '../../started-program.js';

const VITE = fileURLToPath(new URL('../../../../../node_modules/.bin/vite', import.meta.url));
const CLUSTER = fileURLToPath(new URL('./cluster.mjs', import.meta.url));

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps', '-all'];
const IS_ROOT = process.getuid?.() === 0;
/** Another user must be able to read what they run. */
const MAY_BE_NOBODY =
  IS_ROOT && spawnSync(NOBODY[0] ?? '', [...NOBODY.slice(1), 'test', '-r', COMMAND]).status === 0;

/** How soon a port must be named after it was opened. */
const SOON_MS = 1000;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'portolan-run-'));
  await chmod(directory, 0o777);
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** The milliseconds until it has told this. */
async function toldAfter(running: StartedProgram, pattern: RegExp): Promise<number> {
  const since = performance.now();
  await running.tells(pattern);
  return performance.now() - since;
}

/** Ends by itself if nobody ends it, since it is detached. */
function httpServer(port: number): string {
  return `
import http.server, signal
signal.alarm(60)
server = http.server.HTTPServer(('127.0.0.1', ${port}), http.server.SimpleHTTPRequestHandler)
print('serves', flush=True)
server.serve_forever()`;
}

describe.each([
  { user: 'whoever runs the tests', prefix: [] as string[], isPossible: true },
  { user: 'an ordinary user', prefix: NOBODY, isPossible: MAY_BE_NOBODY },
])('run by $user, portolan run names within a second', ({ prefix, isPossible }) => {
  function start(...command: readonly string[]): StartedProgram {
    const words = [...prefix, process.execPath, COMMAND, 'run', '--clean', '--', ...command];
    const [program = '', ...args] = words;
    // Vite colours its words if it believes to be in a CI.
    return new StartedProgram(program, args, { HOME: directory, NO_COLOR: '1' });
  }

  it.skipIf(!isPossible)('the dev server of vite', async () => {
    await writeFile(join(directory, 'index.html'), '<p>hello</p>');
    const port = await freePort();
    await using running = start(VITE, directory, '--port', String(port), '--strictPort');
    await running.says(`:${port}/`);
    expect(
      await toldAfter(running, new RegExp(`^http://localhost:${port}  vite \\(pid \\d+\\)$`, 'm')),
    ).toBeLessThan(SOON_MS);
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
    running.signal('SIGTERM');
    // Vite ends by itself, and so.
    expect(await running.ended).toBe(143);
    expect(running.errors).not.toContain('left');
  });

  it.skipIf(!isPossible)('a cluster of Node with two workers', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    await using running = start(process.execPath, CLUSTER, ...ports.map(String));
    await running.says('all listen');
    const since = performance.now();
    for (const port of ports)
      await running.tells(new RegExp(`^http://localhost:${port}  node \\(pid \\d+\\)$`, 'm'));
    expect(performance.now() - since).toBeLessThan(SOON_MS);
    const pids = new Set([...running.errors.matchAll(/pid (\d+)/g)].map(([, pid]) => pid));
    expect(pids.size).toBe(3);
    running.signal('SIGTERM');
    expect(await running.ended).toBe('SIGTERM');
  });

  it.skipIf(!isPossible)("Python's http.server in a shell that detached itself", async () => {
    const port = await freePort();
    const server = `exec python3 -c "${httpServer(port)}"`;
    await using running = start('sh', '-c', 'setsid -f sh -c "$0"; read line; exit 5', server);
    await running.says('serves');
    expect(await toldAfter(running, new RegExp(`^http://localhost:${port}  python3`, 'm'))).toBeLessThan(
      SOON_MS,
    );
    running.type('\n');
    expect(await running.ended).toBe(5);
    expect(running.errors).toMatch(/^left running.*\nended {2}http.*python3.*\n$/m);
  });
});
