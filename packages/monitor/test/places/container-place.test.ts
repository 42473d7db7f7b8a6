import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listListeners, PortMonitor } from '../../dist/index.js';
import { DockerEngine, HAS_DOCKER } from '../container-engines/docker-engine.js';
import { HAS_PODMAN, PodmanEngine } from '../container-engines/podman-engine.js';
import { EventsOf } from './events-of.js';
import { lookAsNobody, lookFromMac } from './look-at-place.js';

const ENGINES = [
  { kind: 'docker', isHere: HAS_DOCKER, start: DockerEngine.start, variable: 'DOCKER_HOST' },
  { kind: 'podman', isHere: HAS_PODMAN, start: PodmanEngine.start, variable: 'CONTAINER_HOST' },
] as const;

describe.each(ENGINES)('containers of $kind', ({ kind, isHere, start, variable }) => {
  describe.skipIf(!isHere)('with nothing installed in them', () => {
    const bare = `${kind}:bare`;
    const shell = `${kind}:shell`;
    let engine: DockerEngine | PodmanEngine;
    let bareId: string;

    beforeAll(async () => {
      engine = await start();
      process.env[variable] = `unix://${engine.socket}`;
      bareId = await engine.run('bare', 'static-only', [
        ...['/listener', 'tcp', '127.0.0.1', '8081', 'tcp', '0.0.0.0', '8082', 'udp', '::', '53'],
      ]);
      await engine.run('shell', 'busybox-only', ['nc', '-l', '-p', '8080', '-e', 'cat']);
      await untilOpen(bare, 3);
      await untilOpen(shell, 1);
    });

    afterAll(async () => {
      delete process.env[variable];
      await engine?.[Symbol.asyncDispose]();
    });

    /** A container's ports open a moment after its start. */
    async function untilOpen(place: string, count: number): Promise<void> {
      await using monitor = new PortMonitor({ in: place, processes: false });
      const events = new EventsOf(monitor);
      await monitor.start();
      await events.take(count - monitor.listeners().length);
    }

    test.each([
      ['its name', () => bare],
      ['its id', () => `${kind}:${bareId}`],
      ['how its id begins', () => `${kind}:${bareId.slice(0, 12)}`],
    ])('are seen by %s, whatever they are bound to, with their processes', async (_, name) => {
      const { listeners, places } = await listListeners({ in: name() });
      expect(places).toMatchObject([{ place: name(), source: 'netlink', reason: null }]);
      expect(listeners.map(({ place, address, port }) => [place, address, port])).toEqual([
        [name(), '::', 53],
        [name(), '127.0.0.1', 8081],
        [name(), '0.0.0.0', 8082],
      ]);
      for (const { processes } of listeners)
        expect(processes).toMatchObject([{ name: 'listener', namespacePid: 1, container: bareId }]);
    });

    test('are told apart, also when they listen on the same port', async () => {
      await engine.run('twin', 'static-only', ['/listener', 'tcp', '127.0.0.1', '8081']);
      await untilOpen(`${kind}:twin`, 1);
      const { listeners } = await listListeners({ in: [`${kind}:twin`, bare], processes: false });
      expect(listeners.filter(({ port }) => port === 8081).map(({ place }) => place)).toEqual([
        bare,
        `${kind}:twin`,
      ]);
      await engine.remove('twin');
    });

    test('have their ports watched, through a restart', async () => {
      await using monitor = new PortMonitor({ in: bare });
      const events = new EventsOf(monitor);
      await monitor.start();
      await engine.signal('bare', 'SIGUSR1');
      const closed = [
        `${bare} closed udp :: 53`,
        `${bare} closed tcp 127.0.0.1 8081`,
        `${bare} closed tcp 0.0.0.0 8082`,
      ];
      expect((await events.take(3)).sort()).toEqual([...closed].sort());
      await engine.signal('bare', 'SIGUSR1');
      const opened = closed.map((line) => line.replace('closed', 'opened'));
      expect((await events.take(3)).sort()).toEqual([...opened].sort());
      await engine.restart('bare');
      const told = await events.take(8);
      expect(told.slice(0, 3).sort()).toEqual([...closed].sort());
      expect(told.slice(3, 5)).toEqual([`${bare} gone`, `${bare} appeared`]);
      expect(told.slice(5).sort()).toEqual([...opened].sort());
    });

    test('may be stopped when the watch begins, and are followed when they start', async () => {
      await engine.create('later', 'static-only', ['/listener', 'tcp', '127.0.0.1', '90']);
      const place = `${kind}:later`;
      await expect(listListeners({ in: place })).rejects.toMatchObject({
        code: 'ERR_PORTOLAN_PLACE',
        message: `${place}: that container is not running`,
      });
      await using monitor = new PortMonitor({ in: place });
      const events = new EventsOf(monitor);
      await monitor.start();
      expect(await events.take(1)).toEqual([`${place} gone`]);
      await engine.start('later');
      expect(await events.take(2)).toEqual([`${place} appeared`, `${place} opened tcp 127.0.0.1 90`]);
      await engine.remove('later');
      expect(await events.take(2)).toEqual([`${place} closed tcp 127.0.0.1 90`, `${place} gone`]);
      await engine.run('later', 'static-only', ['/listener', 'tcp', '127.0.0.1', '91']);
      expect(await events.take(2)).toEqual([`${place} appeared`, `${place} opened tcp 127.0.0.1 91`]);
      await engine.remove('later');
    });

    test('that are not there are an error, and not an empty list', async () => {
      await expect(listListeners({ in: `${kind}:nobody` })).rejects.toMatchObject({
        code: 'ERR_PORTOLAN_PLACE',
        message: `${kind}:nobody: there is no such container`,
      });
      await expect(new PortMonitor({ in: `${kind}:nobody` }).start()).rejects.toMatchObject({
        code: 'ERR_PORTOLAN_PLACE',
      });
    });

    test('that are not there keep nobody from watching the others, and are followed when they come', async () => {
      const missing = `${kind}:missing`;
      await using monitor = new PortMonitor({ in: [missing, bare] });
      const events = new EventsOf(monitor);
      await monitor.start();
      expect(await events.take(1)).toEqual([`${missing} error ${missing}: there is no such container`]);
      expect(monitor.listeners()).toHaveLength(3);
      await engine.run('missing', 'static-only', ['/listener', 'tcp', '127.0.0.1', '92']);
      expect(await events.take(2)).toEqual([`${missing} appeared`, `${missing} opened tcp 127.0.0.1 92`]);
      await engine.remove('missing');
    });

    test('are known by their names among all places', async () => {
      const { listeners, places } = await listListeners({ in: 'all' });
      expect(places.map(({ place }) => place)).toEqual(expect.arrayContaining(['self', bare, shell]));
      expect(listeners.filter(({ place }) => place === shell)).toMatchObject([{ port: 8080 }]);
    });

    test('are seen by an ordinary user who may talk to the engine', () => {
      chmodSync(dirname(engine.socket), 0o711);
      chmodSync(engine.socket, 0o666);
      expect(lookAsNobody(bare)).toBe(`${bare} proc :: 53, 127.0.0.1 8081, 0.0.0.0 8082`);
      chmodSync(engine.socket, 0o600);
      expect(lookAsNobody(bare)).toMatch(/ERR_PORTOLAN_PLACE .*EACCES.*try sudo/);
    });

    test('of another machine are seen through the engine if they have a shell or cat', () => {
      expect(lookFromMac(shell)).toBe(`${shell} proc :: 8080`);
      expect(lookFromMac(bare)).toMatch(/ERR_PORTOLAN_NO_SOURCE .*there is no/);
    });
  });
});
