import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { portolan } from '../../built-command.js';
import { expectWrongUsage } from '../../expect-wrong-usage.js';
import { close, freePort, listenOn, portOf } from '../../free-port.js';
import { startOnTerminal, startPortolan } from '../../started-program.js';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(close));
});

async function open(...args: Parameters<typeof listenOn>): Promise<number> {
  const server = await listenOn(...args);
  servers.push(server);
  return portOf(server);
}

/** Two ports in a row, of which the first is open. */
async function openBesideClosed(): Promise<number> {
  const first = await freePort();
  if ((await freePort()) !== first + 1) return openBesideClosed();
  return open(first);
}

/** Which signals a process has handlers for: bit 0 stands for signal 1 (proc_pid_status(5)). */
function caughtSignals(pid: number): bigint {
  const [, mask = '0'] = /^SigCgt:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return BigInt(`0x${mask}`);
}

const QUIET_SUCCESS = { status: 0, stdout: '', stderr: '' };

describe('portolan wait', () => {
  it('returns at once when all the ports are open', async () => {
    const ports = [await open(), await open()];
    expect(await portolan(['wait', ...ports.map(String)])).toEqual(QUIET_SUCCESS);
  });

  it('finds them open also when time is up before the first look', async () => {
    expect(await portolan(['wait', String(await open()), '--timeout', '1ms'])).toEqual(QUIET_SUCCESS);
  });

  it('returns at once with --closed when none is', async () => {
    expect(await portolan(['wait', '--closed', String(await freePort())])).toEqual(QUIET_SUCCESS);
  });

  it.each([
    ['nothing but look when all the ports are as wanted', async () => String(await open()), ''],
    ['wait with a thread else', async () => `${await freePort()} --timeout 100ms`, 'a thread\n'],
  ])('does %s', async (_, words, told) => {
    const hook = `
      import threads from 'node:worker_threads';
      import { syncBuiltinESMExports } from 'node:module';
      threads.Worker = class extends threads.Worker {
        constructor(...args) { process.stdout.write('a thread\\n'); super(...args); }
      };
      syncBuiltinESMExports();`;
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(hook)}`;
    const args = ['wait', ...(await words()).split(' ')];
    const { stdout } = await portolan(args, { env: { NODE_OPTIONS } });
    expect(stdout).toBe(told);
  });

  it('tells which ports of a range are missing when time is up', async () => {
    const first = await openBesideClosed();
    const { status, stdout, stderr } = await portolan([
      'wait',
      `${first}-${first + 1}`,
      '--timeout',
      '200ms',
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(`portolan: gave up after 0.2 s: nothing listens on ${first + 1}\n`);
  });

  it('tells what is still open when time is up', async () => {
    const port = await open();
    const { status, stderr } = await portolan(['wait', '--closed', String(port), '--timeout', '0.2']);
    expect(status).toBe(1);
    expect(stderr).toBe(`portolan: gave up after 0.2 s: ${port} is still open\n`);
  });

  it('counts only what passes the filters', async () => {
    const port = String(await open());
    const results = await Promise.all([
      portolan(['wait', port, '-t', '-4', '--process', 'node', '--user', String(process.getuid?.())]),
      portolan(['wait', port, '-u', '--timeout', '200ms']),
      portolan(['wait', port, '-6', '--timeout', '200ms']),
      portolan(['wait', port, '--process', 'no such process', '--timeout', '200ms']),
    ]);
    expect(results.map(({ status }) => status)).toEqual([0, 1, 1, 1]);
  });

  it('ends with 3 and one line when no source works', async () => {
    const result = await portolan(['wait', '1', '--source', 'ss'], { env: { PATH: '/nonexistent' } });
    expect(result).toEqual({ status: 3, stdout: '', stderr: expect.stringMatching(/^portolan: .*ss.*\n$/) });
  });

  it.each([
    [['wait'], 'missing'],
    [['wait', '--', 'true'], 'in front of --'],
    [['wait', 'http'], 'no port'],
    [['wait', '3000', '--timeout', 'soon'], 'no duration'],
    [['wait', '3000', '--http', 'health'], 'expected one like /health'],
    [['wait', '3000', '--http', '/a b'], 'expected one like /health'],
    [['wait', '3000', '--http', '/', '--closed'], 'cannot be used with'],
    [['wait', '3000', '--http', '/', '--udp'], 'cannot be used with'],
  ])('calls %j wrong usage, in one line', expectWrongUsage);

  it.each([
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('ends in order on %s, with status %i', async (signal, status) => {
    await using waiting = startPortolan(['wait', String(await freePort()), '--timeout', '0']);
    await vi.waitFor(
      () => expect(caughtSignals(waiting.pid) & (1n << BigInt(constants.signals[signal] - 1))).toBeTruthy(),
      { timeout: 60_000 },
    );
    waiting.signal(signal);
    expect(await waiting.ended).toBe(status);
  });
});

describe('portolan wait on a terminal', () => {
  it('shows what is missing until a port opens late, and leaves nothing of it', async () => {
    const port = await freePort();
    await using waiting = startOnTerminal(`wait ${port}`);
    await waiting.says(`waiting for ${port} (0 s)`);
    await open(port);
    expect(await waiting.ended).toBe(0);
    expect(waiting.output).toSatisfy((output: string) => output.endsWith('\r\x1b[2K'));
  });

  it('shows what is open until it closes', async () => {
    const server = await listenOn();
    await using waiting = startOnTerminal(`wait --closed ${portOf(server)}`);
    await waiting.says(`waiting for ${portOf(server)} to close (0 s)`);
    await close(server);
    expect(await waiting.ended).toBe(0);
  });

  it('waits for ever with --timeout 0, until it is interrupted', async () => {
    const port = await freePort();
    await using waiting = startOnTerminal(`wait ${port} --timeout 0`);
    // Every second it says how many it has waited, of which a busy machine may leave one out.
    await waiting.says(/\([1-9]\d* s\)/);
    waiting.type('\x03');
    expect(await waiting.ended).toBe(130);
    expect(waiting.output).not.toContain('portolan:');
  });

  it('keeps a long list of ports on one line', async () => {
    const ports = Array.from({ length: 40 }, (_, index) => 1 + 2 * index).join(' ');
    await using waiting = startOnTerminal(`wait ${ports} -u -t --process nobody --timeout 1s`);
    expect(await waiting.ended).toBe(1);
    const progress = /waiting for [^\r\n]*\(0 s\)/.exec(waiting.output)?.[0];
    expect(progress).toHaveLength(79);
    expect(progress).toContain('…');
  });
});

describe('portolan wait --http', () => {
  /** A server that gives one answer after the other, and then the last one again. */
  function answering(...statuses: (number | 'never')[]) {
    const paths: (string | undefined)[] = [];
    const server = createHttpServer((request, response) => {
      const status = statuses[Math.min(paths.length, statuses.length - 1)];
      paths.push(request.url);
      if (typeof status === 'number') response.writeHead(status).end();
    });
    return { server, paths };
  }

  it('asks until a server that is not ready answers well', async () => {
    const { server, paths } = answering(503, 404, 200);
    const port = await open(0, server);
    expect(await portolan(['wait', String(port), '--http', '/health?full'])).toEqual(QUIET_SUCCESS);
    expect(paths).toEqual(['/health?full', '/health?full', '/health?full']);
  });

  it('does not follow a redirection, which is an answer', async () => {
    const { server, paths } = answering(302);
    expect(await portolan(['wait', String(await open(0, server)), '--http', '/'])).toEqual(QUIET_SUCCESS);
    expect(paths).toHaveLength(1);
  });

  it.each(['::1', '::', '127.0.0.2', '::ffff:127.0.0.1'])('asks where it listens, on %s', async (host) => {
    const port = await open(0, answering(200).server, host);
    expect(await portolan(['wait', String(port), '--http', '/'])).toEqual(QUIET_SUCCESS);
  });

  it.each([
    [503, 'answered 503'],
    ['never', 'did not answer in time'],
  ] as const)('tells of a server whose answer is %s', async (answer, text) => {
    const { server } = answering(answer);
    const port = await open(0, server);
    const { status, stderr } = await portolan(['wait', String(port), '--http', '/up', '--timeout', '2s']);
    server.closeAllConnections();
    expect(status).toBe(1);
    expect(stderr).toBe(`portolan: gave up after 2 s: http://127.0.0.1:${port}/up ${text}\n`);
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'answered 101'],
    ['HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n', 'answered 0'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'did not answer in time'],
    ['HTTP/1.1 200 OK\r\nContent-', 'did not answer in time'],
    ['', 'did not answer in time'],
  ])('is not done, and gives up in time, if a server answers %j', async (answer, text) => {
    const server = await listenOn();
    servers.push(server);
    const sockets: Socket[] = [];
    server.on('connection', (socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.resume().write(answer);
    });
    const port = String(portOf(server));
    const { status, stderr } = await portolan(['wait', port, '--http', '/', '--timeout', '1']);
    for (const socket of sockets) socket.destroy();
    expect(status).toBe(1);
    expect(stderr).toContain(text);
  });

  it('tells of a server that speaks something else', async () => {
    const server = await listenOn();
    servers.push(server);
    server.on('connection', (socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    const { status, stderr } = await portolan([
      'wait',
      String(portOf(server)),
      '--http',
      '/',
      '--timeout',
      '2',
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('did not answer (HPE_INVALID_CONSTANT)');
  });

  it('goes with a server to the address that it comes back at', async () => {
    const failing = answering(500).server;
    const port = await open(0, failing);
    await using waiting = startOnTerminal(`wait ${port} --http /`);
    await waiting.says(`waiting for http://127.0.0.1:${port}/`);
    failing.closeAllConnections();
    await close(failing);
    await waiting.says(`waiting for ${port} (`);
    await open(port, answering(200).server, '::1');
    expect(await waiting.ended).toBe(0);
  });
});

describe('portolan wait --in, of a place that never answers,', () => {
  const silent = ['wait', '1', '--in', 'exec:sh -c "exec sleep 60"'];

  it('gives up in time', async () => {
    const began = performance.now();
    const { status, stderr } = await portolan([...silent, '--timeout', '1']);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'portolan: gave up after 1 s: nothing listens on 1, and not every place has answered\n',
    );
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once on %s, and leaves nothing', async (signal, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-silent-'));
    const pidFile = join(folder, 'pid');
    await using waiting = startPortolan([
      'wait',
      '1',
      '--in',
      `exec:sh -c "echo $$ > ${pidFile}; exec sleep 60" #`,
    ]);
    await vi.waitFor(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/\n$/), 10_000);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    waiting.signal(signal);
    const began = performance.now();
    expect(await waiting.ended).toBe(expected);
    expect(performance.now() - began).toBeLessThan(2000);
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), 10_000);
    rmSync(folder, { recursive: true });
  });
});

describe('portolan wait -- COMMAND', () => {
  it('runs the command with its own options, and ends as it does', async () => {
    const port = String(await open());
    const script = ['-c', 'echo "$@"; exit 3', '-t', '--timeout', '--', '--help'];
    const result = await portolan(['wait', port, '--timeout', '5', '--', 'sh', ...script]);
    expect(result).toEqual({ status: 3, stdout: '--timeout -- --help\n', stderr: '' });
  });

  it('does not run it when time is up', async () => {
    const port = String(await freePort());
    const { status, stdout } = await portolan(['wait', port, '--timeout', '100ms', '--', 'echo', 'ran']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it.each([
    ['no-such-command', 127, 'portolan: no-such-command: command not found\n'],
    ['/', 126, "portolan: / can't be run (EACCES)\n"],
  ])('ends as a shell does when %s is to be run', async (command, status, stderr) => {
    const port = String(await open());
    expect(await portolan(['wait', port, '--', command])).toEqual({ status, stdout: '', stderr });
  });

  it('ends as a shell does when a signal ended the command', async () => {
    const port = String(await open());
    expect(await portolan(['wait', port, '--', 'sh', '-c', 'kill -KILL $$'])).toMatchObject({ status: 137 });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('hands %s on to the command', async (signal) => {
    const port = String(await open());
    const script = `process.on('${signal}', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready')`;
    await using waiting = startPortolan(['wait', port, '--', process.execPath, '-e', script]);
    await waiting.says('ready');
    waiting.signal(signal);
    expect(await waiting.ended).toBe(7);
  });

  it('lets Ctrl-C at a terminal reach the command once', async () => {
    const port = await open();
    const script =
      'let n = 0; process.on("SIGINT", () => ++n); process.on("SIGTERM", () => process.exit(n)); console.log("ready")';
    await using waiting = startOnTerminal(
      `wait ${port} -- "$NODE" -e '${script}; setInterval(() => n && console.log("n" + n), 200)'`,
    );
    await waiting.says('ready');
    waiting.type('\x03');
    await waiting.says('n1');
    expect(waiting.output).not.toContain('n2');
  });
});
