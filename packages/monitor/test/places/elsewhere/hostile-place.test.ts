import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ElsewhereSource } from '../../../src/places/elsewhere/elsewhere-source.js';
import { SpawnTransport } from '../../../src/places/elsewhere/spawn-transport.js';
import { openSocket } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { BarePlace } from './bare-place.js';

/** Commands that do not run their arguments, or not as they should. */
const BROKEN = [
  { what: 'is not installed', command: ['/nonexistent/docker'], reason: 'is not installed' },
  { what: 'exits', script: 'exit 3', reason: 'exited with 3' },
  {
    what: 'exits with a reason',
    script: 'echo "no such container" >&2; exit 1',
    reason: ': no such container',
  },
  {
    what: 'exits with a reason that is no text',
    script: String.raw`printf '\033[2J\033]0;x\007\377\n%s' >&2; exit 1`,
    reason: ': ?[2J?]0;x??',
  },
  { what: 'is killed', script: 'kill -9 $$', reason: 'was ended by SIGKILL' },
  { what: 'prints something else', script: 'echo hello', reason: 'no socket tables came back' },
  { what: 'prints garbage endlessly', script: 'exec cat /dev/urandom', reason: 'more than 16777216 bytes' },
  {
    what: 'prints lines endlessly',
    script: 'exec yes "Linux version x"',
    reason: 'more than 16777216 bytes',
  },
  { what: 'hangs', script: 'exec sleep 600', reason: 'no answer within 10 s' },
  { what: 'hangs with children', script: 'sleep 600 & sleep 600; :', reason: 'no answer within 10 s' },
  { what: 'says what it is told', script: 'exec cat', reason: 'sh exited with 0' },
  {
    what: 'answers under another token',
    script: 'while read -r line; do echo "0123456789abcdef0123456789abcdef 0 end"; done',
    reason: 'sh exited with 0',
  },
];

/** Places with a working shell and a `cat` that does not work. */
const BROKEN_CAT = [
  { what: 'prints 1 GB', cat: 'exec head -c 1000000000 /dev/zero', reason: 'more than 16777216 bytes' },
  { what: 'prints nothing', cat: 'exit 1', reason: 'no socket tables came back' },
  { what: 'prints another file', cat: 'exec cat /etc/passwd', reason: 'no socket tables came back' },
  {
    what: 'breaks off',
    cat: 'case $* in *tcp6*) cat "$@" | head -c 700;; esac',
    reason: 'what came back is cut off',
  },
  { what: 'hangs', cat: 'case $* in *tcp6*) exec sleep 600;; esac', reason: 'no answer within 10 s' },
];

beforeAll(() => {
  if (MAY_MAKE_NAMESPACES) enterTestNamespace();
});

describe.concurrent('if the command', () => {
  test.each(BROKEN)('$what, the look fails with a reason', async ({ command, script, reason }) => {
    const source = sourceThrough(command ?? ['sh', '-c', script ?? '', 'sh']);
    const error: Error = await source.look().then(
      () => new Error('it answered'),
      (thrown) => thrown,
    );
    source.close();
    expect(error).toMatchObject({ code: 'ERR_PORTOLAN_SOURCE', source: 'proc' });
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(/^[\x20-\x7e]{1,200}$/);
  });
});

describe.concurrent('if cat', () => {
  test.each(BROKEN_CAT)('$what, that is no answer', async ({ cat, reason }) => {
    using place = new BarePlace({ sh: 'sh' });
    writeFileSync(join(place.path, 'cat'), `#!/bin/sh\nPATH=/usr/bin:/bin\n${cat}\n`, { mode: 0o755 });
    const source = sourceThrough(place.command);
    await expect(source.look()).rejects.toThrow(reason);
    source.close();
  });
});

describe('a look', () => {
  test('is not disturbed by what a place says of itself', async () => {
    for (const quirk of ['exec "$@"', 'case $1 in sh) exit 1;; esac; exec "$@"']) {
      const source = sourceThrough([
        'sh',
        '-c',
        `echo "Welcome, 127.0.0.1:80 0A"; echo >&2 news; ${quirk}`,
        'sh',
      ]);
      const { skipped } = await source.look();
      expect(skipped).toBe(0);
      source.close();
    }
  });

  test('ends with the reason of the signal, and so does all that it started', async () => {
    const [command, pids] = recordingPids('sleep 600 & echo $! >> "$0"; yes >&2');
    const source = sourceThrough(command);
    const gaveUp = new AbortController();
    const look = source.look(gaveUp.signal);
    await expect.poll(pids).toHaveLength(2);
    gaveUp.abort(new Error('given up'));
    await expect(look).rejects.toThrow('given up');
    await expect.poll(() => pids().filter(isRunning)).toEqual([]);
    await expect(source.look(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  test('fails if a table that was there does not come back, and does without it from then on', async () => {
    using place = new BarePlace({ sh: 'sh' });
    const script = (filter: string) => `#!/bin/sh\nPATH=/usr/bin:/bin\n${filter}\n`;
    const install = (filter: string) =>
      writeFileSync(join(place.path, 'cat'), script(filter), { mode: 0o755 });
    install('exec cat "$@"');
    const source = sourceThrough(place.command);
    using socket = openSocket({ protocol: 'udp', family: 4, address: '127.0.0.1', port: 0 });
    const { port } = socket.bound;
    expect((await source.look()).listeners.map((listener) => listener.port)).toContain(port);
    install('cat "$@" | grep -v " 07 \\|drops"');
    await expect(source.look()).rejects.toThrow('/proc/net/udp did not come back');
    expect((await source.look()).listeners.map((listener) => listener.port)).not.toContain(port);
    source.close();
  });

  test('fails once after the shell there was killed, and works again', async () => {
    const [command, pids] = recordingPids('exec "$@"');
    const source = sourceThrough(command);
    const { listeners } = await source.look();
    process.kill(pids()[0] ?? 0, 'SIGKILL');
    await expect(source.look()).rejects.toThrow('sh was ended by SIGKILL');
    expect(await source.look()).toMatchObject({ listeners, skipped: 0 });
    expect(pids()).toHaveLength(2);
    source.close();
    await expect.poll(() => pids().filter(isRunning)).toEqual([]);
  });
});

test('nothing stays behind if the program ends while it looks', async () => {
  const [command, pids] = recordingPids('sleep 600 & echo $! >> "$0"; wait');
  const script = `
    import { readFileSync } from 'node:fs';
    import { ElsewhereSource } from ${dist('elsewhere-source')};
    import { SpawnTransport } from ${dist('spawn-transport')};
    const transport = new SpawnTransport(${JSON.stringify(command)});
    new ElsewhereSource({ place: 'far', transport, processes: false }).look();
    const file = ${JSON.stringify(command.at(-1))};
    setInterval(() => {
      if (readFileSync(file, 'utf8').trim().split('\\n').length === 2) process.exit(0);
    }, 10);`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
    timeout: 60_000,
  });
  expect(pids()).toHaveLength(2);
  await expect.poll(() => pids().filter(isRunning)).toEqual([]);
});

function sourceThrough(command: readonly string[]): ElsewhereSource {
  return new ElsewhereSource({ place: 'far', transport: new SpawnTransport(command), processes: true });
}

function dist(name: string): string {
  return JSON.stringify(new URL(`../../../dist/places/elsewhere/${name}.js`, import.meta.url).href);
}

/** A command that writes its pid to a file before it runs the script, and a function that reads the pids in that file. */
function recordingPids(script: string): [command: string[], pids: () => number[]] {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-pids-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'pids');
  writeFileSync(file, '');
  const pids = () => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  return [['sh', '-c', `echo $$ >> "$0"; ${script}`, file], pids];
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
