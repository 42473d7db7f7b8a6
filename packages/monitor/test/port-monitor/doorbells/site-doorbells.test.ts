import { readdirSync, readlinkSync } from 'node:fs';
import koffi from 'koffi';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadLibc } from '../../../dist/kernel/load-libc.js';
import { OwnNamespace } from '../../../dist/kernel/namespaces/network-namespace.js';
import {
  SiteDoorbells,
  type SiteDoorbellsOptions,
} from '../../../dist/port-monitor/doorbells/site-doorbells.js';
import { openSocket, type SocketPlan } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { Bell } from './bell.js';
import { MAY_TRACE, mountTracefs } from './tracefs/mounted-tracefs.js';

const TCP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 8080, backlog: 5 };
const NEVER_MS = 1e6;
const OPTIONS: SiteDoorbellsOptions = {
  doorbell: 'clock',
  intervals: { usual: 20, withTracefs: NEVER_MS, elsewhere: NEVER_MS },
  cpuShare: 1,
  persistent: true,
  namespace: new OwnNamespace(),
};

const dup2 = koffi.load(null).func('int dup2(int, int)');

describe.skipIf(!MAY_MAKE_NAMESPACES)('the doorbells of a site', () => {
  let doorbells = new SiteDoorbells(OPTIONS);
  let bell = new Bell();

  beforeAll(enterTestNamespace);
  afterEach(async () => {
    vi.useRealTimers();
    await doorbells.stop();
  });

  /** Each ring is answered by a look, which tells its source. */
  async function start(
    source: 'netlink' | 'proc',
    options: Partial<SiteDoorbellsOptions> = {},
  ): Promise<void> {
    doorbells = new SiteDoorbells({ ...OPTIONS, ...options });
    bell = new Bell();
    doorbells.sourceIs(source);
    await doorbells.start(() => {
      bell.ring();
      doorbells.sourceIs(source);
    });
  }

  test('ring all the time where nothing but a look tells of a change', async () => {
    await start('proc');
    for (let i = 0; i < 3; i++) await bell.next();
  });

  test.skipIf(!MAY_TRACE)(
    'ring as seldom as promised where tracefs tells, whatever source answers',
    async () => {
      await using _mounted = await mountTracefs();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      for (const source of ['proc', 'netlink'] as const) {
        await start(source, { doorbell: 'tracefs' });
        const before = bell.count;
        // In one stretch, so that nothing but timers can ring: one of them when anything on the machine was bound.
        vi.advanceTimersByTime(1000);
        expect(bell.count - before, source).toBeLessThanOrEqual(1);
        await doorbells.stop();
      }
    },
  );

  test.skipIf(!MAY_TRACE)(
    'ring already while the kernel makes a trace instance that nobody asked for',
    async () => {
      await using _mounted = await mountTracefs();
      await start('netlink', { doorbell: 'auto' });
      expect(doorbells.best).toBe('destroy');
      await vi.waitFor(() => expect(doorbells.best).toBe('tracefs'), 20_000);
      await doorbells.stop();
      await start('netlink', { doorbell: 'tracefs' });
      expect(doorbells.best).toBe('tracefs');
    },
  );

  test('compare dumps again some time after one of them failed', async () => {
    const before = sockets();
    await start('netlink');
    await bell.quiet(200);
    const eventfd = loadLibc().eventfd(0, 0);
    for (const fd of sockets().filter((each) => !before.includes(each))) dup2(eventfd, fd);
    loadLibc().close(eventfd);
    await bell.next();
    await bell.quiet(200);
    const opened = bell.next();
    using _socket = openSocket(TCP);
    await opened;
  });
});

/** The descriptors that are sockets. */
function sockets(): number[] {
  const descriptors = readdirSync('/proc/self/fd');
  return descriptors.filter((fd) => linkOf(fd).startsWith('socket:')).map(Number);
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
