import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listListeners, PortMonitor } from '../../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { EventsOf } from '../events-of.js';
import { lookFromMac } from '../look-at-place.js';
import { MAY_SERVE_SSH, SshServer } from '../ssh-server.js';
import { openPort } from './open-port.js';

describe.skipIf(!MAY_SERVE_SSH)('a monitor of a machine behind ssh', () => {
  let server: SshServer;
  let undo: (() => void) | undefined;
  let place: string;

  beforeAll(async () => {
    enterTestNamespace();
    server = await SshServer.start();
    undo = server.useHere();
    place = `ssh:${server.target}`;
  });

  afterAll(async () => {
    undo?.();
    await server?.[Symbol.asyncDispose]();
  });

  test('tells of what opens and closes there, over one connection', async () => {
    const logins = server.logins;
    await using monitor = new PortMonitor({ in: place, intervalMs: 50 });
    const events = new EventsOf(monitor);
    await monitor.start();
    for (let i = 0; i < 5; i++) {
      const { port, close } = await openPort();
      expect(await events.take(1)).toEqual([`${place} opened tcp 127.0.0.1 ${port}`]);
      await close();
      expect(await events.take(1)).toEqual([`${place} closed tcp 127.0.0.1 ${port}`]);
    }
    expect(server.logins - logins).toBe(1);
    expect(monitor.source).toBe('proc');
    expect(monitor.doorbell).toBe('clock');
  });

  test('says that the connection broke and that it is back, and nothing of ports that stayed', async () => {
    const stays = await openPort();
    const goes = await openPort();
    await using monitor = new PortMonitor({ in: place, intervalMs: 50 });
    const events = new EventsOf(monitor);
    await monitor.start();
    await server.kill();
    expect(await events.take(1)).toEqual([`${place} source null`]);
    await goes.close();
    const comes = await openPort();
    await server.start();
    const told = await events.take(4);
    expect(told[0]).toBe(`${place} source proc`);
    // The SSH server listens on its port with another socket now.
    expect(told.slice(1).sort()).toEqual([
      expect.stringContaining(`${place} changed tcp 127.0.0.1 `),
      `${place} closed tcp 127.0.0.1 ${goes.port}`,
      `${place} opened tcp 127.0.0.1 ${comes.port}`,
    ]);
    await Promise.all([stays.close(), comes.close()]);
    expect((await events.take(2)).sort()).toEqual(
      [stays, comes].map(({ port }) => `${place} closed tcp 127.0.0.1 ${port}`).sort(),
    );
  });

  test('can not start if nobody answers, and says why', async () => {
    const { port, close } = await openPort();
    await close();
    await expect(new PortMonitor({ in: `ssh:ssh://root@127.0.0.1:${port}` }).start()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_NO_SOURCE',
      message: expect.stringMatching(/refused/i),
    });
  });

  test('is seen from macOS too', () => {
    expect(lookFromMac(place)).toMatch(new RegExp(`^${place} proc 127.0.0.1 \\d+$`));
  });
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('a place behind a command', () => {
  const place = 'exec:env';

  test('has processes on request alone', async () => {
    const { port, close } = await openPort();
    const unasked = await listListeners({ in: place });
    expect(unasked.listeners.find((listener) => listener.port === port)).toMatchObject({
      place,
      processes: null,
    });
    const asked = await listListeners({ in: place, processes: true });
    expect(asked.listeners.find((listener) => listener.port === port)).toMatchObject({
      place,
      processes: [{ pid: process.pid, namespacePid: process.pid }],
      sockets: [{ holder: 'process' }],
    });
    await close();
  });

  test('belongs to no owner of this machine, whatever its pids are', async () => {
    const { port, close } = await openPort();
    const owners = [{ name: 'this test', pid: process.pid }];
    const { listeners } = await listListeners({ in: [place, 'self'], processes: true, owners });
    const found = listeners.filter((listener) => listener.port === port);
    expect(found.map((listener) => [listener.place, listener.owners])).toEqual([
      [place, []],
      ['self', ['this test']],
    ]);
    await close();
  });

  test('is a clear error for a source or doorbell that nobody has there', async () => {
    await expect(listListeners({ in: place, sources: ['netlink'] })).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_NO_SOURCE',
      message: 'exec:env: elsewhere only the source proc can be asked, not netlink',
    });
    await expect(new PortMonitor({ in: place, doorbell: 'tracefs' }).start()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_DOORBELL',
    });
  });

  test('that only Linux can have is one clear error on macOS, and nothing is touched for it', () => {
    for (const name of ['all', 'pid:1', 'netns:blue'])
      expect(lookFromMac(name)).toBe(
        `ERR_PORTOLAN_PLACE ${name}: only Linux has network namespaces; self, docker:, exec: and ssh: work from macOS`,
      );
  });
});
