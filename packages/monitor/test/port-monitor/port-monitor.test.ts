import { execFileSync, spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type PortEvent, PortMonitor, type PortMonitorOptions } from '../../src/index.js';
import { openSocket, type SocketPlan } from '../harbour/native-socket.js';
import { enterHarbour, MAY_MAKE_NAMESPACES } from '../harbour/test-harbour.js';

const HTTP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 8080, backlog: 16 };

/** Only this process opens sockets here, and a monitor leaves out its own process: another one must open them. */
const SERVER = `
import socket, sys
sockets = {}
print('ready', flush=True)
for line in sys.stdin:
    verb, port = line.split()
    if verb == 'open':
        sockets[port] = socket.socket()
        sockets[port].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sockets[port].bind(('127.0.0.1', int(port)))
        sockets[port].listen(5)
    else:
        sockets.pop(port).close()
    print('done', flush=True)
`;

/** A process that opens and closes listeners as it is told. */
class Harbourmaster implements AsyncDisposable {
  readonly #child;
  readonly #lines;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    this.#child = spawn('/usr/bin/env', ['python3', '-c', SERVER], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ready(): Promise<this> {
    await this.#lines.next();
    return this;
  }

  async open(port: number): Promise<void> {
    await this.#tell(`open ${port}`);
  }

  async close(port: number): Promise<void> {
    await this.#tell(`close ${port}`);
  }

  async #tell(line: string): Promise<void> {
    this.#child.stdin.write(`${line}\n`);
    await this.#lines.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exit;
  }
}

const harbourmaster = (environment?: NodeJS.ProcessEnv) => new Harbourmaster(environment).ready();

/** An event in a few words. */
function brief(event: PortEvent): string {
  return 'listener' in event ? `${event.type} ${event.listener.port}` : event.type;
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor', () => {
  let monitor: PortMonitor;

  beforeAll(enterHarbour);
  afterEach(() => monitor.stop());

  /** It looks when it is told, so that a test knows what it has seen. */
  async function started(options: PortMonitorOptions = {}): Promise<PortMonitor> {
    monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6, ...options });
    await monitor.start();
    return monitor;
  }

  const look = async () => (await monitor.refresh()).map(brief);

  test('tells what opened and what closed, once each, with the process behind it', async () => {
    await using master = await harbourmaster();
    await started();
    await master.open(8080);
    const [opened, ...others] = await monitor.refresh();
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      type: 'opened',
      sequence: 1,
      at: expect.any(Date),
      listener: { port: 8080, processes: [{ pid: master.pid, name: expect.stringContaining('python') }] },
    });
    expect(await look()).toEqual([]);
    await master.close(8080);
    expect(await monitor.refresh()).toMatchObject([
      {
        type: 'closed',
        sequence: 2,
        openMs: expect.any(Number),
        listener: { processes: [{ pid: master.pid }] },
      },
    ]);
    expect(await look()).toEqual([]);
  });

  test('knows what is there at the start, and does not call it an event', async () => {
    await using master = await harbourmaster();
    await master.open(8080);
    await started();
    expect(monitor.listeners()).toMatchObject([{ port: 8080, processes: [{ pid: master.pid }] }]);
    expect(monitor.recentEvents()).toEqual({ events: [], missed: false });
    const stream = monitor.events({ initial: true });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', initial: true, sequence: 0 });
    await master.close(8080);
    expect(await look()).toEqual(['closed 8080']);
    expect((await stream.next()).value).toMatchObject({ type: 'closed', sequence: 1 });
  });

  test('tells that another process took a port over between two looks', async () => {
    await using first = await harbourmaster();
    await using second = await harbourmaster();
    await first.open(8080);
    await started();
    await first.close(8080);
    await second.open(8080);
    expect(await monitor.refresh()).toMatchObject([
      {
        type: 'changed',
        changes: ['sockets'],
        previous: { processes: [{ pid: first.pid }] },
        listener: { port: 8080, processes: [{ pid: second.pid }] },
      },
    ]);
  });

  test('leaves out its own sockets, and processes with PORTOLAN_IGNORE=1', async () => {
    await using shy = await harbourmaster({ PORTOLAN_IGNORE: '1' });
    await using other = await harbourmaster({ PORTOLAN_IGNORE: '10' });
    await started();
    using _own = openSocket(HTTP);
    await shy.open(8081);
    await other.open(8082);
    expect(await look()).toEqual(['opened 8082']);
    expect(monitor.listeners().map(({ port }) => port)).toEqual([8082]);
    await shy.close(8081);
    expect(await look()).toEqual([]);
  });

  test('tells only of what passes its filter', async () => {
    await using master = await harbourmaster();
    await started({ filter: { protocols: ['tcp'], ports: [{ from: 8000, to: 8099 }], loopback: true } });
    for (const port of [7999, 8000, 8099, 8100]) await master.open(port);
    expect(await look()).toEqual(['opened 8000', 'opened 8099']);
    for (const port of [7999, 8000]) await master.close(port);
    expect(await look()).toEqual(['closed 8000']);
  });

  test('filters by the name of the process', async () => {
    await using master = await harbourmaster();
    await started({ filter: { processes: ['nobody-is-called-so'] } });
    await master.open(8080);
    expect(await look()).toEqual([]);
    expect(monitor.listeners()).toEqual([]);
  });

  test('reports only what stays open for as long as it was told, and then by itself', async () => {
    await using master = await harbourmaster();
    await started({ settleMs: 150 });
    await master.open(8080);
    expect(await look()).toEqual([]);
    await master.close(8080);
    expect(await look()).toEqual([]);
    const opened = new Promise<PortEvent>((resolve) => monitor.once('opened', resolve));
    await master.open(8081);
    const since = performance.now();
    expect(await look()).toEqual([]);
    expect(brief(await opened)).toBe('opened 8081');
    expect(performance.now() - since).toBeGreaterThan(145);
    await master.close(8081);
    expect(await look()).toEqual(['closed 8081']);
    expect(monitor.recentEvents().events.map(brief)).toEqual(['opened 8081', 'closed 8081']);
  });

  test('sees by its clock what nobody rang for', async () => {
    await using master = await harbourmaster();
    await started({ intervalMs: 20 });
    const stream = monitor.events();
    await master.open(8080);
    expect(brief((await stream.next()).value as PortEvent)).toBe('opened 8080');
    await master.close(8080);
    expect(brief((await stream.next()).value as PortEvent)).toBe('closed 8080');
  });

  test('gives a reader who comes late what is remembered, and says when that is not all', async () => {
    await using master = await harbourmaster();
    await started({ history: 3 });
    for (const port of [1001, 1002, 1003, 1004, 1005]) {
      await master.open(port);
      await monitor.refresh();
    }
    expect(monitor.recentEvents(3)).toMatchObject({
      events: [{ sequence: 4 }, { sequence: 5 }],
      missed: false,
    });
    expect(monitor.recentEvents(1)).toMatchObject({ events: [{}, {}, {}], missed: true });
    const stream = monitor.events({ since: 0 });
    expect((await stream.next()).value).toMatchObject({
      type: 'missed',
      missed: true,
      count: 2,
      sequence: 2,
    });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', sequence: 3 });
  });

  test('ends its streams when it is stopped, also by a signal', async () => {
    const controller = new AbortController();
    await started({ signal: controller.signal });
    const next = monitor.events().next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect(monitor.refresh()).rejects.toThrow('not started');
  });

  test('that is stopped by its signal while it starts does not start, and holds nothing', async () => {
    const controller = new AbortController();
    monitor = new PortMonitor({ doorbell: 'clock', signal: controller.signal });
    const starting = monitor.start();
    controller.abort();
    await expect(starting).rejects.toThrow('aborted');
    expect(await monitor.events().next()).toEqual({ done: true, value: undefined });
  });

  test('is stopped for nobody before it is stopped', async () => {
    await started();
    const ends: string[] = [];
    const first = monitor.stop().then(() => ends.push('first'));
    const second = monitor.stop().then(() => ends.push('second'));
    await Promise.all([first, second]);
    expect(ends).toEqual(['first', 'second']);
  });

  test('names its source and its doorbell', async () => {
    monitor = new PortMonitor({ sources: ['proc'], doorbell: 'destroy' });
    expect([monitor.source, monitor.doorbell]).toEqual([undefined, undefined]);
    await monitor.start();
    expect([monitor.source, monitor.doorbell]).toEqual(['proc', 'destroy']);
    await monitor.stop();
    expect(monitor.doorbell).toBeUndefined();
  });

  test('lets go of its signal when it is stopped', async () => {
    const controller = new AbortController();
    await started({ signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await monitor.stop();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('keeps what was open apart from the clock on the wall', async () => {
    await using master = await harbourmaster();
    await started();
    await master.open(8080);
    await monitor.refresh();
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      await master.close(8080);
      const [closed] = await monitor.refresh();
      expect(closed?.sequence).toBe(2);
      expect(closed?.type === 'closed' && closed.openMs >= 0 && closed.openMs < 60_000).toBe(true);
    } finally {
      Date.now = now;
    }
  });

  test('does not start without a source, nor twice', async () => {
    monitor = new PortMonitor({ sources: [], doorbell: 'clock' });
    await expect(monitor.start()).rejects.toMatchObject({ code: 'ERR_PORTOLAN_NO_SOURCE' });
    await started();
    await expect(monitor.start()).rejects.toThrow('started already');
  });

  test.each([{ intervalMs: 0 }, { cpuShare: 0 }, { cpuShare: 2 }, { settleMs: -1 }, { history: 0 }])(
    'can not be made with %j',
    (options) => {
      expect(() => new PortMonitor(options)).toThrow(RangeError);
    },
  );
});

describe('a monitor in a program', () => {
  const program = (options: string) => `
    import { PortMonitor } from '@portolan/monitor';
    const monitor = new PortMonitor(${options});
    await monitor.start();
    console.log('started');
  `;

  function run(source: string, environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: import.meta.dirname,
      env: { ...process.env, ...environment },
    });
    return { child, exit: once(child, 'exit') };
  }

  test('keeps it alive, until it is stopped', async () => {
    const stop = "process.on('SIGTERM', () => monitor.stop()); console.log('ready');";
    const { child, exit } = run(`${program('{}')} ${stop}`);
    for await (const piece of child.stdout) if (String(piece).includes('ready')) break;
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test('does not keep it alive where it was told not to', async () => {
    expect(await run(program('{ persistent: false }')).exit).toEqual([0, null]);
  });

  test('does not hang its exit', async () => {
    expect(await run(`${program('{}')} process.exit(3);`).exit).toEqual([3, null]);
  });

  test('takes none of the threads of libuv’s pool', async () => {
    const source = `${program('{}')} await (await import('node:fs/promises')).readFile('/etc/passwd'); process.exit(0);`;
    const { exit } = run(source, { UV_THREADPOOL_SIZE: '1' });
    expect(await exit).toEqual([0, null]);
  });

  const telling = `${program("{ doorbell: 'clock', intervalMs: 20, processes: false }")}
    for (const type of ['opened', 'closed', 'changed', 'source', 'error']) {
      monitor.on(type, ({ listener }) => console.log(type, listener?.port));
    }
    process.on('SIGUSR2', async () => {
      await monitor.refresh();
      console.log('open', monitor.listeners().length);
    });
  `;

  test('that was suspended and resumed tells what is different, and not what came and went', async () => {
    const { child, exit } = run(telling);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('started');
    child.kill('SIGSTOP');
    await using master = await harbourmaster();
    for (const port of [39_001, 39_002]) await master.open(port);
    await master.close(39_001);
    child.kill('SIGCONT');
    expect((await lines.next()).value).toBe('opened 39002');
    await master.close(39_002);
    expect((await lines.next()).value).toBe('closed 39002');
    child.kill('SIGKILL');
    await exit;
  });

  test.skipIf(!MAY_MAKE_NAMESPACES)('whose network namespace loses its name goes on in it', async () => {
    const name = `portolan-test-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name]);
    const args = ['netns', 'exec', name, process.execPath, '--input-type=module', '-e', telling];
    const child = spawn('ip', args, { cwd: import.meta.dirname });
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('started');
    execFileSync('ip', ['netns', 'delete', name]);
    child.kill('SIGUSR2');
    expect((await lines.next()).value).toBe('open 0');
    child.kill('SIGKILL');
    await exit;
  });
});
