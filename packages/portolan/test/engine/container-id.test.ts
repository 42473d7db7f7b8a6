import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { containerId } from '../../src/engine/container-id.js';
import { engineSockets } from '../../src/engine/engine-sockets.js';
import { StandInEngine } from './stand-in-engine.js';

const ID = '0123456789abcdef'.repeat(4);
const NOWHERE = '/nonexistent/engine.sock';

describe('the id of a container', () => {
  it('is asked of the first engine that knows its name', async () => {
    await using docker = await StandInEngine.with({ other: ID.toUpperCase() });
    await using podman = await StandInEngine.with({ 'web.1': ID });
    expect(await containerId('web.1', [NOWHERE, docker.socket, podman.socket])).toBe(ID);
  });

  it('is nobody to be asked of where no engine runs', async () => {
    await expect(containerId('web', [NOWHERE])).rejects.toThrow(
      `'web' is no container's id, and no engine can be asked for its name: ${NOWHERE} (ENOENT)`,
    );
  });

  it('is unknown where the engine does not know it', async () => {
    await using engine = await StandInEngine.with({ web: ID });
    await expect(containerId('wb', [NOWHERE, engine.socket])).rejects.toThrow(
      `there is no container 'wb' (asked at ${engine.socket})`,
    );
  });

  it.each<[string, RequestListener, string]>([
    ['a fault of its own', (_, response) => response.writeHead(500).end('{}'), 'status 500'],
    ['no JSON', (_, response) => response.end('<html>'), 'JSON'],
    ['no id', (_, response) => response.end('{"Id":"../../etc"}'), 'an answer without an id'],
    ['nothing an object', (_, response) => response.end('null'), 'an answer without an id'],
    ['nothing', ({ socket }) => socket.destroy(), 'ECONNRESET'],
    ['nothing at all in time', () => undefined, 'no answer within 2 s'],
    ['half an answer in time', (_, response) => response.write('{"Id":'), 'no answer within 2 s'],
  ])('is not had from an engine that answers %s', async (_, answer, reason) => {
    await using engine = await StandInEngine.answering(answer);
    await expect(containerId('web', [engine.socket])).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_USAGE',
      message: expect.stringContaining(reason),
    });
  });
});

describe('the sockets of engines', () => {
  it.each([
    [{}, ['/var/run/docker.sock', '/run/podman/podman.sock']],
    [
      { XDG_RUNTIME_DIR: '/run/user/5' },
      ['/var/run/docker.sock', '/run/user/5/podman/podman.sock', '/run/podman/podman.sock'],
    ],
    [{ DOCKER_HOST: 'unix:///a/b.sock', XDG_RUNTIME_DIR: '/run/user/5' }, ['/a/b.sock']],
    [{ DOCKER_HOST: '' }, ['/var/run/docker.sock', '/run/podman/podman.sock']],
  ])('in the environment %j are %j', (environment, sockets) => {
    expect(engineSockets(environment)).toEqual(sockets);
  });

  it.each(['tcp://10.0.0.1:2375', 'ssh://host', 'unix://'])('are none where DOCKER_HOST is %s', (host) => {
    expect(() => engineSockets({ DOCKER_HOST: host })).toThrow(`DOCKER_HOST is '${host}'`);
  });
});
