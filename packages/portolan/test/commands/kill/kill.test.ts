import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portolan, runToEnd } from '../../built-command.js';
import { expectWrongUsage } from '../../expect-wrong-usage.js';
import { close, freePort, listenOn, portOf } from '../../free-port.js';
import { type StartedProgram, startOnTerminal, startPortolan, startPython } from '../../started-program.js';

const NOBODY = 65534;

const SERVER = `
server = listen(sys.argv[1])
ready()
wait()`;

const STUBBORN_SERVER = `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
${SERVER}`;

async function serve(script = SERVER): Promise<{ server: StartedProgram; port: string }> {
  const port = String(await freePort());
  return { server: await startPython(script, { args: [port] }), port };
}

async function isFree(port: string): Promise<boolean> {
  return (await portolan(['--no-processes', port])).status === 1;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('portolan kill', () => {
  it('shows and ends what listens on a port', async () => {
    const { server, port } = await serve();
    await using _ = server;
    const { status, stdout, stderr } = await portolan(['kill', port, '--yes']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^PORT +PROCESS +PID +USER +COMMAND\n/);
    expect(stdout).toMatch(new RegExp(`^tcp ${port} +python3? +${server.pid} `, 'm'));
    expect(await server.ended).toBe('SIGTERM');
    expect(await isFree(port)).toBe(true);
  });

  it('says what else ends', async () => {
    const port = String(await freePort());
    await using server = await startPython(
      `other = listen(0)\nprint(other.getsockname()[1], 'it is')\n${SERVER}`,
      {
        args: [port],
      },
    );
    const [, other] = /^(\d+) it is$/m.exec(server.output) ?? [];
    const { stdout } = await portolan(['kill', port, '--yes']);
    expect(stdout).toMatch(
      new RegExp(`^python3? \\(pid ${server.pid}\\) also listens on tcp ${other}$`, 'm'),
    );
  });

  it('kills what does not end in time', async () => {
    const { server, port } = await serve(STUBBORN_SERVER);
    await using _ = server;
    const { status, stderr } = await portolan(['kill', port, '-y', '--grace', '300ms']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^portolan: python3? \(pid \d+\) did not end within 0.3 s, and was killed\n$/);
    expect(await server.ended).toBe('SIGKILL');
  });

  it('does not kill what has let go of the port and tidies up', async () => {
    const { server, port } = await serve(`
server = listen(sys.argv[1])
def drain(*_):
    server.close()
    print('draining', flush=True)
signal.signal(signal.SIGTERM, drain)
ready()
wait()`);
    await using _ = server;
    const result = await portolan(['kill', port, '--yes', '--grace', '20s']);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    await server.says('draining');
    expect(isAlive(server.pid)).toBe(true);
  });

  it('ends all the workers that share a socket', async () => {
    const { server, port } = await serve(`
server = listen(sys.argv[1])
for _ in range(2):
    if os.fork() == 0: wait()
ready()
wait()`);
    await using _ = server;
    const { status, stdout } = await portolan(['kill', port, '--yes']);
    expect(status).toBe(0);
    const pids = [...stdout.matchAll(/^tcp \d+ +python3? +(\d+)/gm)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(3);
    expect(pids[0]).toBe(server.pid);
    await server.ended;
    expect(await isFree(port)).toBe(true);
  });

  it('says who took the port again', async () => {
    const { server: supervisor, port } = await serve(`
def serve():
    server = listen(sys.argv[1])
    ready()
    wait()
while True:
    if os.fork() == 0: serve()
    os.wait()`);
    await using _ = supervisor;
    const { status, stderr } = await portolan(['kill', port, '--yes']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^portolan: tcp port ${port} is still taken, by python3? \\(pid \\d+\\)\n$`),
    );
  });

  it('frees several ports, and tells where there was nothing to free', async () => {
    const first = await serve();
    const second = await serve();
    await using _ = first.server;
    await using __ = second.server;
    const unused = await freePort();
    const { status, stderr } = await portolan(['kill', first.port, second.port, String(unused), '--yes']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `portolan: nothing listens on port ${unused}\n`,
    });
    expect(await Promise.all([first.server.ended, second.server.ended])).toEqual(['SIGTERM', 'SIGTERM']);
  });

  it('ends with 1 where nothing listens, or nothing that matches', async () => {
    const { server, port } = await serve();
    await using _ = server;
    const unused = String(await freePort());
    expect(await portolan(['kill', unused, '-y'])).toEqual({
      status: 1,
      stdout: '',
      stderr: `portolan: nothing listens on port ${unused}\n`,
    });
    for (const filter of [['-u'], ['-6'], ['--process', 'no such'], ['--user', String(NOBODY)]]) {
      expect(await portolan(['kill', port, '-y', ...filter])).toEqual({
        status: 1,
        stdout: '',
        stderr: `portolan: nothing that matches listens on port ${port}\n`,
      });
    }
    expect(isAlive(server.pid)).toBe(true);
  });

  it('ends only what passes the filters', async () => {
    const { server, port } = await serve();
    await using _ = server;
    const datagrams = createSocket('udp4').bind(Number(port), '127.0.0.1');
    await once(datagrams, 'listening');
    const { status } = await portolan(['kill', port, '--tcp', '--process', 'python', '--yes']);
    datagrams.close();
    expect(status).toBe(0);
    expect(await server.ended).toBe('SIGTERM');
  });

  it('does not end what it descends from, but the others', async () => {
    const own = await listenOn();
    const { server, port } = await serve();
    await using _ = server;
    const { status, stderr } = await portolan(['kill', String(portOf(own)), port, '--yes']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^portolan: tcp port ${portOf(own)} is held by .* \\(pid ${process.pid}\\), which this command`,
      ),
    );
    expect(stderr).toMatch(/^.*\n$/);
    expect(await server.ended).toBe('SIGTERM');
    await close(own);
  });

  it('names the container instead of ending its proxy', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portolan-'));
    try {
      const { stdout: python } = await runToEnd('python3', [
        '-c',
        'import sys; print(sys.executable, end="")',
      ]);
      await symlink(python, join(directory, 'docker-proxy'));
      const port = String(await freePort());
      await using proxy = await startPython(SERVER, {
        args: [port, '-container-ip', '172.17.0.2', '-container-port', '80'],
        python: join(directory, 'docker-proxy'),
      });
      expect(await portolan(['kill', port, '--yes'])).toEqual({
        status: 1,
        stdout: '',
        stderr: `portolan: tcp port ${port} belongs to the container at 172.17.0.2:80, through docker-proxy (pid ${proxy.pid}): end that container instead\n`,
      });
      expect(isAlive(proxy.pid)).toBe(true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.skipIf(process.getuid?.() !== 0)('tells an ordinary user who may help', async () => {
    const { server, port } = await serve();
    await using _ = server;
    expect(await portolan(['kill', port, '--yes'], { uid: NOBODY })).toEqual({
      status: 1,
      stdout: '',
      stderr: `portolan: tcp port ${port} is held by a process that only root may see; try: sudo portolan kill ${port}\n`,
    });
    expect(isAlive(server.pid)).toBe(true);
  });

  it('stops waiting when it is interrupted', async () => {
    const { server, port } = await serve(`
signal.signal(signal.SIGTERM, lambda *_: print('asked to end', flush=True))
${SERVER}`);
    await using _ = server;
    await using killing = startPortolan(['kill', port, '--yes', '--grace', '1m']);
    await server.says('asked to end');
    killing.signal('SIGINT');
    expect(await killing.ended).toBe(130);
    expect(isAlive(server.pid)).toBe(true);
  });

  it('ends with 3 and one line when no source works', async () => {
    const args = ['kill', '1', '--yes', '--source', 'ss'];
    const result = await portolan(args, { env: { PATH: '/nonexistent' } });
    expect(result).toEqual({ status: 3, stdout: '', stderr: expect.stringMatching(/^portolan: .*ss.*\n$/) });
  });

  it.each([
    [['kill', '3000'], 'there is no terminal to ask at: use --yes'],
    [['kill', '--yes'], 'takes the ports to free'],
    [['kill', 'node', '--yes'], 'no port'],
    [['kill', '3000', '--yes', '--grace', 'long'], 'no duration'],
  ])('calls %j wrong usage, in one line', expectWrongUsage);
});

describe('portolan kill on a terminal', () => {
  it('ends a process when the answer is yes', async () => {
    const { server, port } = await serve();
    await using _ = server;
    await using killing = startOnTerminal(`kill ${port}`);
    await killing.says('End this process? [y/N] ');
    expect(isAlive(server.pid)).toBe(true);
    killing.type('y\r');
    expect(await killing.ended).toBe(0);
    expect(await server.ended).toBe('SIGTERM');
  });

  it.each([
    ['no', 'n\r', 1],
    ['nothing', '\r', 1],
    ['something else', 'yellow\r', 1],
    ['the end of the input', '\x04', 1],
    ['Ctrl-C', '\x03', 130],
  ])('ends nothing when the answer is %s', async (_, answer, status) => {
    const { server, port } = await serve(`
server = listen(sys.argv[1])
if os.fork() == 0: wait()
ready()
wait()`);
    await using __ = server;
    await using killing = startOnTerminal(`kill ${port}`);
    await killing.says('End these 2 processes? [y/N] ');
    killing.type(answer);
    expect(await killing.ended).toBe(status);
    expect(isAlive(server.pid)).toBe(true);
    expect(await isFree(port)).toBe(false);
  });

  it('asks again when the one it asked about has left the port to another process', async () => {
    const { server, port } = await serve(`
server = listen(sys.argv[1])
def leave(*_):
    if os.fork() > 0: os._exit(0)
signal.signal(signal.SIGUSR1, leave)
ready()
while True: signal.pause()`);
    await using _ = server;
    await using killing = startOnTerminal(`kill ${port}`);
    await killing.says('End this process? [y/N] ');
    process.kill(server.pid, 'SIGUSR1');
    await expect.poll(() => isAlive(server.pid)).toBe(false);
    killing.type('y\r');
    await killing.says('portolan: the processes behind these ports are others by now');
    expect(await isFree(port)).toBe(false);
    await expect.poll(() => killing.output.split('End this process? [y/N] ')).toHaveLength(3);
    killing.type('y\r');
    expect(await killing.ended).toBe(0);
    expect(await isFree(port)).toBe(true);
  });

  it('says that it can not ask where its output is redirected', async () => {
    await using killing = startOnTerminal('kill 1 | cat');
    await killing.ended;
    expect(killing.output).toBe(
      'portolan: kill asks first, and its output is redirected: use --yes to end without asking\r\n',
    );
  });

  it('fits the terminal, and shows no command line as it would be obeyed', async () => {
    const port = String(await freePort());
    await using _ = await startPython(SERVER, { args: [port, `\x1b]0;owned\x07${'x'.repeat(100)}`] });
    await using killing = startOnTerminal(`kill ${port}`);
    await killing.says('[y/N] ');
    expect(killing.output).not.toContain('\x1b]0');
    const row = killing.output.split('\r\n').find((line) => line.includes(port));
    expect(row?.replaceAll(/\p{Cc}\[\d+m/gu, '').length).toBeLessThanOrEqual(80);
    killing.type('\x03');
    await killing.ended;
  });
});
