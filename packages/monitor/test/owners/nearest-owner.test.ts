import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listListeners, type PortEvent, PortMonitor } from '../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { ShellTree } from './shell-tree.js';

const MARKED = { TERMINAL_ID: 't1' };

describe.skipIf(!MAY_MAKE_NAMESPACES)('the nearest owner of a port', () => {
  let monitor: PortMonitor;

  beforeAll(enterTestNamespace);
  afterEach(() => monitor.stop());

  async function started(): Promise<void> {
    monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6 });
    await monitor.start();
  }

  async function owners(): Promise<Record<number, readonly string[]>> {
    await monitor.refresh();
    return Object.fromEntries(monitor.listeners().map(({ port, owners }) => [port, owners]));
  }

  describe.each(['before', 'after'])('where the owner comes %s the server', (when) => {
    test.each([
      ['itself has the variable', '{serve} 8001 & wait', 't1'],
      ['has an ancestor with it, and nothing itself', 'env -i {serve} 8001 & wait', 't1'],
      ['has it from further up', 'env -i PYTHON="$PYTHON" SERVER="$SERVER" sh -c "$INNER" & wait', 't1'],
      ['was started by sudo', '{sudo serve} 8001 & wait', 't1'],
      ['has another value nearer to it', 'TERMINAL_ID=t2 sh -c "$INNER" & wait', 't2'],
      ['has another value itself', 'TERMINAL_ID=t2 {serve} 8001 & wait', 't2'],
      ['detached itself with it', 'setsid -f {serve} 8001', 't1'],
    ])('a server that %s belongs to who has the nearest', async (_, script, owner) => {
      await started();
      const rules = [
        { name: 't1', environment: 'TERMINAL_ID=t1' },
        { name: 't2', environment: 'TERMINAL_ID=t2' },
      ];
      const own = () => rules.map((rule) => monitor.own(rule));
      if (when === 'before') own();
      const INNER = 'env -i "$PYTHON" -c "$SERVER" "$SERVER" 8001 & wait';
      await using shell = new ShellTree(script, { ...MARKED, INNER });
      await shell.opened();
      if (when === 'after') {
        expect(await owners()).toEqual({ 8001: [] });
        own();
      }
      expect(await owners()).toEqual({ 8001: [owner] });
    });
  });

  test('a server without the variable anywhere belongs to nobody', async () => {
    await started();
    monitor.own({ environment: 'TERMINAL_ID' });
    await using shell = new ShellTree('env -i {serve} 8001 & wait');
    await shell.opened();
    expect(await owners()).toEqual({ 8001: [] });
  });

  test.each([
    ['a child that has the mark of another', 'TERMINAL_ID=t2 {serve} 8001 & wait', ['tree', 'mark']],
    ['a child of whom it is above the root', '{serve} 8001 & wait', ['tree']],
    [
      'a detached one that has the mark of another',
      'TERMINAL_ID=t2 setsid -f {serve} 8001',
      ['mark', 'tree'],
    ],
    ['a detached one without a mark', 'setsid -f {serve} 8001', ['tree']],
    ['a detached one without an environment', 'setsid -f env -i {serve} 8001', ['tree']],
    [
      'a child with two marks, one of them nearer',
      'FAR=1 TERMINAL_ID=t2 sh -c "$INNER" & wait',
      ['tree', 'mark', 'far'],
    ],
  ])('of %s: the living tree, then marks, then the former tree', async (_, script, expected) => {
    await started();
    const INNER = 'env -u FAR "$PYTHON" -c "$SERVER" "$SERVER" 8001 & wait';
    await using shell = new ShellTree(`{wait}; ${script}`, { INNER });
    monitor.own({ name: 'far', environment: 'FAR' });
    monitor.own({ name: 'mark', environment: 'TERMINAL_ID=t2' });
    monitor.own({ name: 'tree', pid: shell.pid });
    shell.goOn();
    await shell.opened();
    expect(await owners()).toEqual({ 8001: expected });
  });

  test('a server keeps the mark of an ancestor that has ended since', async () => {
    await started();
    monitor.own({ environment: 'TERMINAL_ID' });
    await using shell = new ShellTree('env -i {serve} 8001 & wait', MARKED);
    await shell.opened();
    expect(await owners()).toEqual({ 8001: ['TERMINAL_ID=t1'] });
    await shell.endShell();
    await shell.tell('open 8002');
    expect(await owners()).toEqual({ 8001: ['TERMINAL_ID=t1'], 8002: ['TERMINAL_ID=t1'] });
  });

  test('a server that runs another program belongs to who is in its environment then, with all its ports', async () => {
    await started();
    monitor.own({ environment: 'TERMINAL_ID' });
    await using shell = new ShellTree('{serve} 8001 & wait', MARKED);
    await shell.opened();
    expect(await owners()).toEqual({ 8001: ['TERMINAL_ID=t1'] });
    await shell.tell('exec 8002 t2');
    await owners();
    expect(await owners()).toEqual({ 8001: ['TERMINAL_ID=t2'], 8002: ['TERMINAL_ID=t2'] });
    const told = monitor.recentEvents().events as Extract<PortEvent, { type: 'changed' }>[];
    expect(told.filter(({ listener }) => listener.port === 8001)).toMatchObject([
      { type: 'opened', listener: { owners: ['TERMINAL_ID=t1'] } },
      { type: 'changed', changes: ['owners'], listener: { owners: ['TERMINAL_ID=t2'] } },
    ]);
  });

  test('can be told of each process and socket where two terminals share a port', async () => {
    await started();
    const rule = { environment: 'TERMINAL_ID' };
    monitor.own(rule);
    await using one = new ShellTree('{serve} 8001 & wait', MARKED);
    await using two = new ShellTree('env -i {serve} 8001 & wait', { TERMINAL_ID: 't2' });
    const [first, second] = [await one.opened(), await two.opened()];
    await owners();
    for (const listeners of [monitor.listeners(), (await listListeners({ owners: [rule] })).listeners]) {
      const [listener] = listeners;
      const whose = (listener?.sockets ?? []).map(({ pids }) => {
        const holders = listener?.processes?.filter(({ pid }) => pids?.includes(pid));
        return [pids, holders?.map(({ owners }) => owners)];
      });
      expect(whose.sort()).toEqual(
        [
          [[first], [['TERMINAL_ID=t1']]],
          [[second], [['TERMINAL_ID=t2']]],
        ].sort(),
      );
      expect([...(listener?.owners ?? [])].sort()).toEqual(['TERMINAL_ID=t1', 'TERMINAL_ID=t2']);
    }
  });
});
