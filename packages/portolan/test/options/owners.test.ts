import { randomBytes } from 'node:crypto';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import type { ListenerSocket, Process } from '@portolan/monitor';
import { describe, expect, it } from 'vitest';
import { CGROUP_ROOT } from '../../../monitor/test/owners/cgroup-root.js';
import { StandInEngine } from '../../../monitor/test/places/engine/stand-in-engine.js';
import { portolan } from '../built-command.js';
import { expectWrongUsage } from '../expect-wrong-usage.js';
import { freePort } from '../free-port.js';
import { type StartedProgram, startPortolan, startPython } from '../started-program.js';

const NOBODY = 65534;

const SERVER = `
server = listen(sys.argv[1])
ready()
wait()`;

/** Shares its port with others that do the same. */
const REUSING_SERVER = `
server = socket.socket()
# A connection of an earlier server may still be closing.
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
server.bind(('127.0.0.1', int(sys.argv[1])))
server.listen(5)
ready()
wait()`;

/** The child listens, and the parent does not. */
const PARENT = `
if os.fork() == 0:
    server = listen(sys.argv[1])
    ready()
wait()`;

/** Parent and child hold the same socket. */
const SHARING_PARENT = `
server = listen(sys.argv[1])
if (pid := os.fork()) == 0: wait()
print(f'child {pid}.', flush=True)
ready()
wait()`;

/** Listens on the ports that it is told. */
const OBEDIENT = `
ready()
servers = [listen(line) for line in sys.stdin]`;

interface Served {
  readonly server: StartedProgram;
  readonly port: string;
}

async function serve(script = SERVER, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const port = String(await freePort());
  return { server: await startPython(script, { args: [port], env }), port };
}

/** A variable that nobody else has in their environment. */
const MARK = `PORTOLAN_TEST_${process.pid}`;

async function portsOf(...args: string[]): Promise<number[]> {
  const { stdout } = await portolan(['list', '--ndjson', ...args]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).port);
}

/** A cgroup with this process in it, as long as `act` runs. */
async function inCgroup(name: string, { pid }: StartedProgram, act: () => Promise<void>): Promise<void> {
  const directory = `${CGROUP_ROOT}/${name}`;
  mkdirSync(directory);
  try {
    writeFileSync(`${directory}/cgroup.procs`, String(pid));
    await act();
  } finally {
    leaveCgroup(pid);
    rmdirSync(directory);
  }
}

function leaveCgroup(pid: number): void {
  try {
    writeFileSync(`${CGROUP_ROOT}/cgroup.procs`, String(pid));
  } catch {
    // It has ended, and is in none any more.
  }
}

describe('JSON', () => {
  it('tells whose each process and socket is where two share a port', async () => {
    const port = String(await freePort());
    await using one = await startPython(REUSING_SERVER, { args: [port], env: { [MARK]: 'one' } });
    await using two = await startPython(REUSING_SERVER, { args: [port], env: { [MARK]: 'two' } });
    const { stdout } = await portolan(['--json', '--env', `${MARK}=one`, port]);
    const [listener] = JSON.parse(stdout).listeners;
    const owner = `--env ${MARK}=one`;
    expect(listener.owners).toEqual([owner]);
    const whose = listener.processes.map((each: Process) => [each.pid, each.owners]);
    expect(new Map(whose)).toEqual(
      new Map([
        [one.pid, [owner]],
        [two.pid, []],
      ]),
    );
    const holders = listener.sockets.flatMap(({ pids }: ListenerSocket) => pids);
    expect(new Set(holders)).toEqual(new Set([one.pid, two.pid]));
  });
});

describe('--tree', () => {
  it('lists what a process and its descendants listen on', async () => {
    const mine = await serve(PARENT);
    await using _ = mine.server;
    const other = await serve(PARENT);
    await using __ = other.server;
    expect(await portsOf('--tree', String(mine.server.pid))).toEqual([Number(mine.port)]);
    expect(await portsOf('--tree', String(mine.server.pid), other.port)).toEqual([]);
    const all = await portsOf('--tree', String(process.pid), mine.port, other.port);
    expect(all.sort()).toEqual([Number(mine.port), Number(other.port)].sort());
  });

  it('lets wait return only for a listener of that process', async () => {
    const { server, port } = await serve(PARENT);
    await using _ = server;
    await using other = await startPython('ready()\nwait()');
    const [own, others] = await Promise.all([
      portolan(['wait', port, '--tree', String(server.pid)]),
      portolan(['wait', port, '--tree', String(other.pid), '--timeout', '300ms']),
    ]);
    expect(own).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(others).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing listens on') });
  });

  it('lets watch tell only of what that process opens', async () => {
    const [open, opened, strange] = [await freePort(), await freePort(), await freePort()];
    await using mine = await startPython(OBEDIENT);
    await using others = await startPython(OBEDIENT);
    mine.type(`${open}\n`);
    await portolan(['wait', String(open)]);
    const args = ['--doorbell', 'clock', '--initial', '--tree', String(mine.pid)];
    await using watching = startPortolan(['watch', ...args]);
    await watching.says(`=  tcp  127.0.0.1:${open} `);
    others.type(`${strange}\n`);
    await portolan(['wait', String(strange)]);
    mine.type(`${opened}\n`);
    await watching.says(`+  tcp  127.0.0.1:${opened} `);
    // A process that is found late is told as a change.
    const told = watching.output.split('\n').filter((line) => line !== '' && !line.includes('  ~  '));
    expect(told).toHaveLength(2);
    expect(watching.output).not.toContain(`:${strange} `);
  });

  it('lets watch say of a named port that others have it', async () => {
    const { server, port } = await serve();
    await using _ = server;
    await using other = await startPython('ready()\nwait()');
    const args = ['--doorbell', 'clock', '--tree', String(other.pid)];
    await using watching = startPortolan(['watch', port, ...args]);
    await watching.says(`=  nothing that matches listens on port ${port}\n`);
  });

  it('keeps kill from what others listen on', async () => {
    const mine = await serve();
    await using _ = mine.server;
    const others = await serve();
    await using __ = others.server;
    const args = ['kill', mine.port, others.port, '--yes', '--tree', String(mine.server.pid)];
    expect(await portolan(args)).toMatchObject({
      status: 0,
      stderr: `portolan: nothing that matches listens on port ${others.port}\n`,
    });
    expect(await mine.server.ended).toBe('SIGTERM');
    expect(await portsOf(others.port)).toEqual([Number(others.port)]);
  });

  it('leaves a port alone that a process beyond it holds too', async () => {
    const { server, port } = await serve(SHARING_PARENT);
    await using _ = server;
    const child = /child (\d+)\./.exec(server.output)?.[1] ?? '';
    expect(await portolan(['kill', port, '--yes', '--tree', child])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^portolan: tcp port ${port} is held by python3? \\(pid ${server.pid}\\) too, .*\n$`),
      ),
    });
    expect(await portolan(['kill', port, '--yes', '--tree', String(server.pid)])).toMatchObject({
      status: 0,
    });
    expect(await server.ended).toBe('SIGTERM');
  });

  it('still says who took a port again when the process itself has ended', async () => {
    const { server: supervisor, port } = await serve(`
def serve():
    server = listen(sys.argv[1])
    print(f'child {os.getpid()}.', flush=True)
    ready()
    wait()
while True:
    if os.fork() == 0: serve()
    os.wait()`);
    await using _ = supervisor;
    const child = /child (\d+)\./.exec(supervisor.output)?.[1] ?? '';
    expect(await portolan(['kill', port, '--yes', '--tree', child])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`tcp port ${port} is still taken, by python3`),
    });
  });

  it.each([
    [['--tree', '4194305'], 'there is no process with the pid 4194305'],
    [['--tree', 'node'], "'node' is no pid"],
    [['--tree', '1', '--no-processes'], 'cannot be used with'],
    [['--env', 'A=1', '--no-processes'], 'cannot be used with'],
    [['--env', '=1'], 'expected NAME or NAME=value'],
    [['--cgroup', 'system.slice/ssh.service'], 'expected a path like /'],
    [['--container', '../x'], "neither a container's id nor"],
  ])('calls %j wrong usage, in one line', expectWrongUsage);
});

describe('--env', () => {
  it('lists what was started with a variable, and with a value of it', async () => {
    const seven = await serve(PARENT, { [MARK]: '7' });
    await using _ = seven.server;
    const eight = await serve(PARENT, { [MARK]: '8' });
    await using __ = eight.server;
    const none = await serve();
    await using ___ = none.server;
    const [sevens, eights] = [Number(seven.port), Number(eight.port)];
    expect((await portsOf('--env', MARK)).sort()).toEqual([sevens, eights].sort());
    expect(await portsOf('--env', `${MARK}=7`)).toEqual([sevens]);
    expect(await portsOf('--env', `${MARK}=`)).toEqual([]);
    expect(await portsOf('--env', MARK, '--tree', String(eight.server.pid))).toEqual([eights]);
    expect(await portsOf('--env', `${MARK}=7`, '--tree', String(eight.server.pid))).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('--cgroup and --container', () => {
  it('list what runs in a cgroup, by its path, a part of that, or its name', async () => {
    const { server, port } = await serve();
    await using _ = server;
    const name = `portolan-test-${process.pid}.service`;
    await inCgroup(name, server, async () => {
      const found = [Number(port)];
      expect(await portsOf('--cgroup', `/${name}`)).toEqual(found);
      expect(await portsOf('--cgroup', `/portolan-test-${process.pid}.*`)).toEqual(found);
      expect(await portsOf('--cgroup', name)).toEqual(found);
      expect(await portsOf('--cgroup', name, '--tree', String(server.pid))).toEqual(found);
      expect(await portsOf('--cgroup', name.replace('.service', ''))).toEqual([]);
      expect(await portsOf('--cgroup', `/x/${name}`)).toEqual([]);
    });
  });

  it('list it also where its process is not looked for, or may not be seen', async () => {
    await using server = await startPython(OBEDIENT);
    const port = await freePort();
    const id = randomBytes(32).toString('hex');
    await inCgroup(`docker-${id}.scope`, server, async () => {
      server.type(`${port}\n`);
      await portolan(['wait', String(port)]);
      expect(await portsOf('--container', id, '--no-processes')).toEqual([port]);
      const args = ['list', '--cgroup', 'docker-*', String(port)];
      const { status, stdout } = await portolan(args, { uid: NOBODY });
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(` ${port} .*\\(hidden\\).* ${id} `));
      expect(await portsOf('--container', id, '--source', 'proc')).toEqual([port]);
    });
  });

  it('end what runs in a container, by its name or the beginning of its id, and nothing else', async () => {
    const { server, port } = await serve();
    await using _ = server;
    const id = randomBytes(32).toString('hex');
    await using engine = await StandInEngine.with({
      'web-1': id,
      'other-1': randomBytes(32).toString('hex'),
    });
    const env = { DOCKER_HOST: `unix://${engine.socket}` };
    const kill = (container: string) => portolan(['kill', port, '--yes', '--container', container], { env });
    await inCgroup(`docker-${id}.scope`, server, async () => {
      expect(await portsOf('--container', id.slice(0, 12))).toEqual([Number(port)]);
      expect(await kill('other-1')).toMatchObject({
        status: 1,
        stderr: `portolan: nothing that matches listens on port ${port}\n`,
      });
      expect(await kill('nobody')).toMatchObject({
        status: 2,
        stderr: `portolan: there is no container 'nobody' (asked at ${engine.socket})\n`,
      });
      expect(await portolan(['wait', port, '--container', 'web-1'], { env })).toMatchObject({ status: 0 });
      expect(await kill('web-1')).toMatchObject({ status: 0, stderr: '' });
      expect(await server.ended).toBe('SIGTERM');
    });
  });
});
