import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadLibc } from '../../../../dist/kernel/load-libc.js';
import { OwnNamespace } from '../../../../dist/kernel/namespaces/network-namespace.js';
import { NetlinkClock } from '../../../../dist/port-monitor/doorbells/clock/netlink-clock.js';
import { PortMonitor } from '../../../../dist/port-monitor/port-monitor.js';
import { HAS_SOCK_DIAG } from '../../../test-namespace/has-sock-diag.js';
import { openSocket, type SocketPlan } from '../../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../../test-namespace/test-namespace.js';
import { listenerProcess } from '../../listener-process.js';
import { Bell } from '../bell.js';

const TCP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 8080, backlog: 5 };
const UDP: SocketPlan = { protocol: 'udp', family: 6, address: '::1', port: 5353 };
const OPTIONS = { persistent: true, intervalMs: 10, cpuShare: 1, namespace: new OwnNamespace() };

describe.skipIf(!MAY_MAKE_NAMESPACES || !HAS_SOCK_DIAG)('the clock that looks at the dumps', () => {
  let clock = new NetlinkClock(OPTIONS);
  let bell = new Bell();

  beforeAll(enterTestNamespace);
  afterEach(() => clock.stop());

  async function start(options = OPTIONS): Promise<void> {
    clock = new NetlinkClock(options);
    bell = new Bell();
    const rung = bell.next();
    await clock.start(bell.ring);
    await rung;
  }

  test('rings once at its start, since nobody knows what was before', async () => {
    await start();
    await bell.quiet(200);
    expect(bell.count).toBe(1);
  });

  test.each([
    ['a TCP listener', TCP],
    ['a UDP socket', UDP],
  ])('rings when %s opens and when it closes, and not in between', async (_, plan) => {
    await start();
    const opened = bell.next();
    const socket = openSocket(plan);
    await opened;
    await bell.quiet();
    expect(bell.count).toBe(2);
    const closed = bell.next();
    socket[Symbol.dispose]();
    await closed;
    await bell.quiet();
    expect(bell.count).toBe(3);
  });

  test.each([
    ['nothing else', []],
    ['another of each', [TCP, UDP]],
  ])('rings after a long silence too, where there is %s', async (_, plans) => {
    const others = plans.map((plan) => openSocket({ ...plan, port: 80 }));
    await start();
    for (const plan of [TCP, UDP]) {
      await bell.quiet();
      const opened = bell.next();
      const socket = openSocket(plan);
      await opened;
      await bell.quiet();
      const closed = bell.next();
      socket[Symbol.dispose]();
      await closed;
    }
    await bell.quiet();
    for (const socket of others) socket[Symbol.dispose]();
    expect(bell.count).toBe(5);
  });

  test('is silent while what waits in a queue changes at every dump', async () => {
    using _receiver = openSocket(UDP);
    const sender = createSocket('udp6').bind(4000, UDP.address);
    await once(sender, 'listening');
    await start();
    const sending = setInterval(() => sender.send('waits', UDP.port, UDP.address), 5);
    await bell.quiet(500);
    clearInterval(sending);
    expect(bell.count).toBe(1);
    sender.close();
  });

  test('rings once more when it is told that somebody saw a change, and not again', async () => {
    await start();
    await bell.quiet();
    const rung = bell.next();
    clock.ringOnceMore();
    await rung;
    await bell.quiet(200);
    expect(bell.count).toBe(2);
  });

  test('has a monitor told of what ended before a dump could show it', async () => {
    await using master = await listenerProcess();
    await using monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 200, processes: false });
    await monitor.start();
    for (let i = 0; i < 5; i++) {
      const closed = new Promise((resolve) => monitor.once('closed', resolve));
      await master.open(7001);
      await monitor.refresh();
      await master.close(7001);
      await closed;
    }
  });

  test('is silent after stop(), and holds nothing then', async () => {
    const before = readdirSync('/proc/self/fd').length;
    await start();
    await Promise.all([clock.stop(), clock.stop()]);
    using _socket = openSocket(TCP);
    await bell.quiet();
    expect(bell.count).toBe(1);
    expect(readdirSync('/proc/self/fd').length).toBe(before + 1);
  });

  test('leaves the thread that started it alone', async () => {
    await start();
    const before = performance.eventLoopUtilization();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { active } = performance.eventLoopUtilization(before);
    expect(active).toBeLessThan(50);
  });

  test('can not be had where the kernel refuses the socket', async () => {
    const libc = new Proxy(loadLibc(), {
      get: (target, key) =>
        key === 'socket' ? () => -constants.errno.EPERM : target[key as 'close'].bind(target),
    });
    clock = new NetlinkClock(OPTIONS, () => libc);
    await expect(clock.start(bell.ring)).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_DOORBELL',
      doorbell: 'clock',
      message: 'the kernel refused the socket (EPERM)',
    });
  });

  test('tells once that its dumps fail', async () => {
    const failed = vi.fn();
    // An eventfd answers none of the calls that a netlink socket does.
    const libc = new Proxy(loadLibc(), {
      get: (target, key) =>
        key === 'socket' ? () => target.eventfd(0, 0) : target[key as 'close'].bind(target),
    });
    clock = new NetlinkClock(OPTIONS, () => libc);
    await clock.start(bell.ring, failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce(), 20_000);
    expect(failed.mock.calls[0]?.[0]).toMatchObject({
      code: 'ERR_PORTOLAN_DOORBELL',
      message: 'the kernel refused the request (ENOTSOCK)',
    });
    await clock.stop();
    expect(failed).toHaveBeenCalledOnce();
  });
});
