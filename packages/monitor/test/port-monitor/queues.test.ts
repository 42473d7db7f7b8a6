import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PortMonitor } from '../../src/index.js';
import { openSocket } from '../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { askedMonitor, look } from './asked-monitor.js';
import { listenerProcess } from './listener-process.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('what waits in the queue of a listener', () => {
  beforeAll(enterTestNamespace);

  /** Of the only socket of the only listener. */
  function backlog(monitor: PortMonitor): number | null | undefined {
    return monitor.listeners()[0]?.sockets[0]?.backlog;
  }

  /** A connection that nobody accepts. */
  async function waitingConnection(): Promise<Disposable> {
    // The listener's end resets it.
    const socket = connect(7001, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return { [Symbol.dispose]: () => socket.destroy() };
  }

  test('is in what is open after each look, and no event', async () => {
    await using master = await listenerProcess();
    await master.open(7001);
    await using monitor = await askedMonitor();
    expect(backlog(monitor)).toBe(0);
    for (const count of [1, 2]) {
      await waitingConnection();
      expect(await look(monitor)).toEqual([]);
      expect(backlog(monitor)).toBe(count);
    }
  });

  test('is as the last look saw it, although the holders are found later', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor();
    await master.open(7001);
    expect(await look(monitor)).toEqual(['opened 7001']);
    const before = monitor.listeners();
    using _waiting = await waitingConnection();
    expect(await look(monitor)).toEqual([]);
    expect(backlog(monitor)).toBe(1);
    expect(monitor.listeners()[0]?.processes).toEqual(before[0]?.processes);
    expect(monitor.listeners()[0]).toBe(monitor.listeners()[0]);
  });

  test.each([true, false])('shows nothing that is left out, with processes: %s', async (processes) => {
    using _own = openSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 7001, backlog: 5 });
    await using monitor = await askedMonitor({ processes });
    using _waiting = await waitingConnection();
    expect(await look(monitor)).toEqual([]);
    expect(monitor.listeners()).toEqual([]);
  });
});
