import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { close, freePort, listenOn, portOf } from '../../free-port.js';
import { startPortolan } from '../../started-program.js';

/** A line of text or of JSON about a listener that has changed. */
const CHANGE = /^[\d:.]+ {2}~|"type":"changed"/;
const HAS_PROCESS = /\(pid \d+\)$/;

let child: ChildProcess | undefined;
const servers: Server[] = [];

afterEach(() => {
  child?.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

async function listen(port = 0): Promise<{ server: Server; port: number }> {
  const server = await listenOn(port);
  servers.push(server);
  return { server, port: portOf(server) };
}

/** A UDP socket, as clients have them. */
async function client(port = 0): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/**
 * Starts a watch, whose lines are then awaited one by one. An event does not wait for long for the process behind it: if that
 * is found late, it is told as a change, which may come to any listener.
 */
function watch(...args: string[]) {
  const started = spawn(process.execPath, [COMMAND, 'watch', '--doorbell', 'clock', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value as string;
  const next = async () => {
    for (;;) {
      const line = await nextLine();
      if (!CHANGE.test(line)) return line;
    }
  };
  const nextEvent = async () => JSON.parse(await next());
  const nextWithProcess = async () => {
    const first = await nextLine();
    return HAS_PROCESS.test(first) ? [first] : [first, await nextLine()];
  };
  const end = async (signal: NodeJS.Signals) => {
    const exit = once(started, 'exit');
    started.kill(signal);
    return exit;
  };
  return { next, nextEvent, nextWithProcess, end };
}

describe('portolan watch', () => {
  test('says of a named port how it stands, and then what becomes of it', async () => {
    const port = await freePort();
    const { next, nextWithProcess, end } = watch(String(port));
    expect(await next()).toMatch(new RegExp(`=  port ${port} is not open$`));
    const { server } = await listen(port);
    const opened = await nextWithProcess();
    expect(opened[0]).toMatch(new RegExp(`\\+  tcp  127\\.0\\.0\\.1:${port}\\b`));
    expect(opened.at(-1)).toMatch(new RegExp(`  tcp  127\\.0\\.0\\.1:${port} .*\\(pid ${process.pid}\\)$`));
    server.close();
    expect(await next()).toMatch(new RegExp(`-  tcp  127\\.0\\.0\\.1:${port} .* open for [\\d.]+ m?s$`));
    expect(await end('SIGINT')).toEqual([0, null]);
  });

  test('gives programs a line of JSON an event, and ends with status 0', async () => {
    const { port } = await listen();
    const { nextEvent, end } = watch('--ndjson', '--initial', String(port));
    expect(await nextEvent()).toMatchObject({ type: 'opened', initial: true, listener: { port } });
    servers.pop()?.close();
    expect(await nextEvent()).toMatchObject({
      type: 'closed',
      sequence: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      openMs: expect.any(Number),
      listener: { port },
    });
    expect(await end('SIGTERM')).toEqual([0, null]);
  });

  test('tells of other ports than those that are named nothing', async () => {
    const { port } = await listen();
    const named = await client(port);
    const { nextEvent, end } = watch('--ndjson', '--initial', String(port), '--udp');
    const event = (type: string) => ({ type, listener: { protocol: 'udp', port } });
    expect(await nextEvent()).toMatchObject(event('opened'));
    await listen();
    const other = await client();
    named.close();
    expect(await nextEvent()).toMatchObject(event('closed'));
    const again = await client(port);
    expect(await nextEvent()).toMatchObject(event('opened'));
    expect(await end('SIGTERM')).toEqual([0, null]);
    for (const socket of [other, again]) socket.close();
  });

  test("leaves out what is mostly clients', unless it is asked for", async () => {
    const { port } = await listen();
    const started = async (...args: string[]) => {
      const watching = watch('--ndjson', '--initial', '--tree', String(process.pid), ...args);
      expect(await watching.nextEvent()).toMatchObject({ listener: { port } });
      return watching;
    };
    const quiet = await started();
    const first = await client();
    const { port: later } = await listen();
    expect(await quiet.nextEvent()).toMatchObject({ type: 'opened', listener: { port: later } });
    await quiet.end('SIGINT');
    first.close();
    servers.pop()?.close();

    const loud = await started('--ephemeral');
    const second = await client();
    const ephemeral = { type: 'opened', listener: { port: second.address().port, ephemeral: true } };
    expect(await loud.nextEvent()).toMatchObject(ephemeral);
    await loud.end('SIGINT');

    const named = watch('--ndjson', String(second.address().port));
    expect(await named.nextEvent()).toMatchObject(ephemeral);
    await named.end('SIGINT');
    second.close();
  });

  test('runs a command for each event, with the event on its standard input and in its environment', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'portolan-watch-'));
    const port = await freePort();
    const file = join(directory, 'told');
    const { next, end } = watch(
      String(port),
      '--shell',
      '--exec',
      `cat > ${file}-$PORTOLAN_EVENT; echo $PORTOLAN_EVENT $PORTOLAN_PORT`,
    );
    await next();
    await listen(port);
    expect(await next()).toContain('+  tcp');
    expect(await next()).toBe(`opened ${port}`);
    expect(await end('SIGINT')).toEqual([0, null]);
    expect(JSON.parse(readFileSync(`${file}-opened`, 'utf8'))).toMatchObject({
      type: 'opened',
      listener: { port },
    });
    rmSync(directory, { recursive: true });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends on %s with status 0 though a command hangs, and ends that',
    async (signal) => {
      const port = await freePort();
      const { next, end } = watch(String(port), '--shell', '--exec', 'echo $$; sleep 300; echo done');
      await next();
      await listen(port);
      expect(await next()).toContain('+  tcp');
      const pid = Number(await next());
      expect(await end(signal)).toEqual([0, null]);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    },
  );

  test('keeps what a command prints out of the lines of JSON', async () => {
    const { server, port } = await listen();
    const args = ['watch', String(port), '--ndjson', '--initial', '--exec', 'echo a word'];
    await using watching = startPortolan(args);
    await watching.says('"opened"');
    await close(server);
    await watching.tells(/a word\n/);
    expect(watching.output).toContain('"closed"');
    for (const line of watching.output.trim().split('\n')) expect(line).toMatch(/^\{.*\}$/);
  });

  test('says in its help how long a command may run, and for what none is run', () => {
    const { stdout } = spawnSync(process.execPath, [COMMAND, 'watch', '--help'], { encoding: 'utf8' });
    for (const text of ['longer than 30 s', 'not for what --initial begins with'])
      expect(stdout).toContain(text);
  });

  test.each([
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('ends in order on %s, with status %i', async (signal, status) => {
    const { next, end } = watch(String(await freePort()));
    await next();
    expect(await end(signal)).toEqual([status, null]);
  });

  test.each([
    [['--doorbell', 'bell'], /--doorbell takes auto, tracefs, destroy, clock/],
    [['--settle', 'soon'], /'soon' is no duration/],
    [['--interval', '0'], /--interval must be at least 1ms/],
    [['--exec', '"open'], /a quote that is not closed/],
    [['--shell'], /--shell goes with --exec/],
    [['http'], /'http' is no port/],
  ])('%j is wrong usage', (args, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'watch', ...args], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('ends quietly when nobody reads it any more', async () => {
    const port = await freePort();
    const started = spawn(
      '/bin/sh',
      ['-c', `"$0" "$1" watch ${port} --doorbell clock | head -1`, process.execPath, COMMAND],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let errors = '';
    started.stderr.on('data', (piece) => {
      errors += piece;
    });
    const exit = once(started, 'exit');
    await once(started.stdout, 'data');
    await listen(port);
    expect(await exit).toEqual([0, null]);
    expect(errors).toBe('');
  });
});
