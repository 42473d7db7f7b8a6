import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Owner,
  ownersOf,
  type PortEvent,
  PortMonitor,
  type PortMonitorOptions,
} from '../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { CGROUP_ROOT } from './cgroup-root.js';

/** Opens ports as it is told: `here`, in a `child`, or `detached`: forked twice, in a session of its own, its parents gone. */
const TREE = `
import os, signal, socket, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
children = []
def serve(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('127.0.0.1', port))
    listener.listen(5)
    return listener
print('ready', flush=True)
kept = []
for line in sys.stdin:
    how, port = line.split()
    port = int(port)
    if how == 'here':
        kept.append(serve(port))
        print(os.getpid(), flush=True)
    elif how == 'child':
        if (pid := os.fork()) == 0:
            kept.append(serve(port)); print(os.getpid(), flush=True); signal.pause()
        children.append(pid)
    else:
        read, write = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while os.getppid() not in (1,): time.sleep(0.001)
                kept.append(serve(port)); print(os.getpid(), flush=True); os.write(write, b'%d' % os.getpid()); signal.pause()
            os._exit(0)
        children.append(int(os.read(read, 20)))
for pid in children:
    try: os.kill(pid, signal.SIGKILL)
    except ProcessLookupError: pass
`;

class Tree implements AsyncDisposable {
  readonly #child;
  readonly #lines;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#child = spawn('/usr/bin/env', ['python3', '-c', TREE], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ready(): Promise<this> {
    await this.#lines.next();
    return this;
  }

  /** @returns the pid that serves */
  async open(how: 'here' | 'child' | 'detached', port: number): Promise<number> {
    this.#child.stdin.write(`${how} ${port}\n`);
    return Number((await this.#lines.next()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exit;
  }
}

/** Resolves when there is no such process. */
async function ended(pid: number): Promise<void> {
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), {
    timeout: 10_000,
    interval: 5,
  });
}

/** The types of the events in a stream, to its end. */
async function typesOf(events: AsyncIterable<{ readonly type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
}

const tree = (environment: NodeJS.ProcessEnv = {}) => new Tree(environment).ready();

describe.skipIf(!MAY_MAKE_NAMESPACES)('the owners of a port', () => {
  let monitor: PortMonitor;

  beforeAll(enterTestNamespace);
  afterEach(() => monitor.stop());

  async function started(options: PortMonitorOptions = {}): Promise<PortMonitor> {
    monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6, ...options });
    await monitor.start();
    return monitor;
  }

  const owners = () => Object.fromEntries(monitor.listeners().map(({ port, owners }) => [port, [...owners]]));

  test('are the process with that pid, its children, and what it detached while somebody watched', async () => {
    await using mine = await tree();
    await using others = await tree();
    await started();
    monitor.own({ name: 'mine', pid: mine.pid });
    await mine.open('here', 8001);
    await mine.open('child', 8002);
    await mine.open('detached', 8003);
    await others.open('detached', 8004);
    await monitor.refresh();
    expect(owners()).toEqual({ 8001: ['mine'], 8002: ['mine'], 8003: ['mine'], 8004: [] });
  });

  test('are known of what was open before they came, and are told late', async () => {
    await using mine = await tree();
    await mine.open('child', 8001);
    await started();
    const owner = monitor.own({ name: 'mine', pid: mine.pid });
    expect(owners()).toEqual({ 8001: ['mine'] });
    owner.end();
    expect(owners()).toEqual({ 8001: [] });
    const told = monitor.recentEvents().events as Extract<PortEvent, { type: 'changed' }>[];
    expect(told.map(({ type, changes, listener }) => [type, changes, listener.owners])).toEqual([
      ['changed', ['owners'], ['mine']],
      ['changed', ['owners'], []],
    ]);
  });

  test('are told once they are in hand, all that came and went in one turn together', async () => {
    await using mine = await tree();
    await mine.open('here', 8001);
    await started();
    const told: (readonly string[])[] = [];
    const owners: Owner[] = [];
    monitor.on('changed', ({ listener }) => {
      told.push(listener.owners);
      // Whoever is told can take away what it was told of.
      for (const owner of owners.splice(0)) owner.end();
    });
    for (const name of ['one', 'two', 'three']) owners.push(monitor.own({ name, pid: mine.pid }));
    monitor.own({ name: 'brief', pid: mine.pid }).end();
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([['three', 'two', 'one']]);
    await Promise.resolve();
    expect(told).toEqual([['three', 'two', 'one'], []]);
  });

  test('are told before what happens after they came', async () => {
    await using mine = await tree();
    await mine.open('here', 8001);
    await started();
    await mine.open('here', 8002);
    const looking = monitor.refresh();
    monitor.own({ name: 'mine', pid: mine.pid });
    await looking;
    expect(monitor.recentEvents().events).toMatchObject([
      { type: 'changed', listener: { port: 8001, owners: ['mine'] } },
      { type: 'opened', listener: { port: 8002, owners: ['mine'] } },
    ]);
  });

  test('that come are known at once to whoever asks', async () => {
    await using mine = await tree();
    await mine.open('here', 8001);
    await started();
    monitor.own({ name: 'mine', pid: mine.pid });
    const events = monitor.events({ owner: 'mine', initial: true });
    expect((await events.next()).value).toMatchObject({ type: 'opened', initial: true });
    expect(monitor.listeners({ owner: 'mine' })).toMatchObject([
      { port: 8001, processes: [{ owners: ['mine'] }] },
    ]);
  });

  test('are found by the environment that a detached process inherited, each value by itself', async () => {
    await using seven = await tree({ TERMINAL_ID: '7', BIG: 'x'.repeat(100_000) });
    await using eight = await tree({ TERMINAL_ID: '8' });
    await using none = await tree({ NOT_TERMINAL_ID: '7' });
    await seven.open('detached', 8001);
    await eight.open('child', 8002);
    await none.open('here', 8003);
    await started();
    const every = monitor.own({ environment: 'TERMINAL_ID' });
    expect(owners()).toEqual({ 8001: ['TERMINAL_ID=7'], 8002: ['TERMINAL_ID=8'], 8003: [] });
    every.end();
    monitor.own({ name: 'eight', environment: 'TERMINAL_ID=8' });
    monitor.own({ name: 'any', environment: 'TERMINAL_ID' });
    expect(owners()).toEqual({ 8001: ['any'], 8002: ['eight', 'any'], 8003: [] });
  });

  test('come nearest first: ancestors, the environment, the cgroup', async () => {
    const cgroup = `/portolan-test-${process.pid}`;
    mkdirSync(`${CGROUP_ROOT}${cgroup}`);
    try {
      await using inner = await tree({ MARK: '1' });
      writeFileSync(`${CGROUP_ROOT}${cgroup}/cgroup.procs`, String(inner.pid));
      await started();
      monitor.own({ name: 'cgroup', cgroup: '/portolan-test-*' });
      monitor.own({ name: 'marked', environment: 'MARK=1' });
      monitor.own({ name: 'near', pid: inner.pid });
      monitor.own({ name: 'far', pid: process.pid });
      await inner.open('child', 8001);
      await monitor.refresh();
      expect(owners()).toEqual({ 8001: ['near', 'far', 'marked', 'cgroup'] });
      expect(monitor.listeners({ owner: 'far' })).toHaveLength(1);
      expect(monitor.listeners({ owner: 'nobody' })).toHaveLength(0);
    } finally {
      rmdirSync(`${CGROUP_ROOT}${cgroup}`);
    }
  });

  test('are told of a process by itself, apart from who shares its sockets', async () => {
    await using mine = await tree({ MARK: '1' });
    const pid = await mine.open('child', 8001);
    await started();
    const [listener] = monitor.listeners();
    const holder = listener?.processes?.find((each) => each.pid === pid);
    const rules = [
      { name: 'mine', pid: mine.pid },
      { name: 'far', pid: process.pid },
      { name: 'marked', environment: 'MARK' },
      { name: 'other', environment: 'MARK=2' },
    ];
    expect(holder && ownersOf(holder, rules)).toEqual(['mine', 'far', 'marked']);
    expect(holder && ownersOf({ ...holder, startTicks: 0 }, rules)).not.toContain('mine');
  });

  test('have streams of events of their own', async () => {
    await using mine = await tree();
    await using others = await tree();
    await started({ owners: [{ name: 'mine', pid: mine.pid }] });
    const events = monitor.events({ owner: 'mine' });
    await others.open('here', 8001);
    await mine.open('here', 8002);
    await monitor.refresh();
    expect((await events.next()).value).toMatchObject({ type: 'opened', listener: { port: 8002 } });
  });

  test('tell a reader who has one that a port ceased to be its own as closed, and that it came to be as opened', async () => {
    await using mine = await tree();
    const server = await mine.open('child', 8001);
    await started();
    const events = monitor.events({ owner: 'mine' });
    const all = monitor.events();
    const owner = monitor.own({ name: 'mine', pid: mine.pid });
    await Promise.resolve();
    owner.end();
    await Promise.resolve();
    process.kill(server, 'SIGKILL');
    await ended(server);
    await monitor.refresh();
    await monitor.stop();
    expect(await typesOf(events)).toEqual(['opened', 'closed']);
    expect(await typesOf(all)).toEqual(['changed', 'changed', 'closed']);
  });

  test('tell it of a port that somebody else took over between two looks', async () => {
    await using mine = await tree();
    await using others = await tree();
    const server = await mine.open('child', 8001);
    await started({ owners: [{ name: 'mine', pid: mine.pid }] });
    const [mines, all] = [monitor.events({ owner: 'mine' }), monitor.events()];
    process.kill(server, 'SIGKILL');
    await ended(server);
    await others.open('here', 8001);
    await monitor.refresh();
    await monitor.stop();
    expect(await typesOf(mines)).toEqual(['closed']);
    expect(await typesOf(all)).toEqual(['changed']);
  });

  test('tell it what is remembered as they would have told it then', async () => {
    await using mine = await tree();
    await mine.open('here', 8001);
    await started();
    const owner = monitor.own({ name: 'mine', pid: mine.pid });
    await Promise.resolve();
    owner.end();
    const remembered = monitor.events({ owner: 'mine', since: 0 });
    await monitor.stop();
    expect(await typesOf(remembered)).toEqual(['opened', 'closed']);
  });

  test('decide what is told, where a filter asks for them', async () => {
    await using mine = await tree();
    await using others = await tree();
    await started({ filter: { owners: ['mine'] } });
    await mine.open('here', 8001);
    await others.open('here', 8002);
    expect(await monitor.refresh()).toEqual([]);
    const owner = monitor.own({ name: 'mine', pid: mine.pid });
    expect(monitor.recentEvents().events).toMatchObject([{ type: 'opened', listener: { port: 8001 } }]);
    owner.end();
    expect(monitor.recentEvents().events).toMatchObject([
      { type: 'opened', listener: { port: 8001 } },
      { type: 'closed', listener: { port: 8001 } },
    ]);
  });

  test.each([
    [{ name: '', pid: 1 }, 'needs a name'],
    [{ name: 'x', pid: 0 }, 'pid of an owner'],
    [{ name: 'x', pid: 1.5 }, 'pid of an owner'],
    [{ environment: '=1' }, 'NAME or NAME=value'],
    [{ environment: '' }, 'NAME or NAME=value'],
    [{ name: 'x', cgroup: 'system.slice/ssh.service' }, 'begins with /'],
    [{ name: 'x', cgroup: '' }, 'begins with /'],
    [{ name: 'x', container: 'web!' }, 'its id'],
  ])('can not be %j', async (rule, reason) => {
    await started();
    expect(() => monitor.own(rule)).toThrow(expect.objectContaining({ code: 'ERR_PORTOLAN_OWNER_RULE' }));
    expect(() => monitor.own(rule)).toThrow(reason);
  });
});
