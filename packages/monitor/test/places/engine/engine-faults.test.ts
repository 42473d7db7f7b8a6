import type { RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContainerEngine } from '../../../src/places/engine/container-engine.js';
import { parseContainerList, parseContainerState } from '../../../src/places/engine/container-state.js';
import { StandInEngine } from './stand-in-engine.js';

const ID = '0123456789abcdef'.repeat(4);

function engineAt(path: string): ContainerEngine {
  return new ContainerEngine('docker', { over: 'unix', path });
}

describe('an engine', () => {
  it.each<[string, RequestListener, string]>([
    [
      'refuses',
      (_, response) => response.writeHead(500).end('{"message":"no\\u001b[1m way\\nat all"}'),
      'no?[1m way (status 500)',
    ],
    ['refuses without a word', (_, response) => response.writeHead(503).end(), 'it answers (status 503)'],
    ['is a web page', (_, response) => response.end('<html>'), 'an answer that is not JSON'],
    [
      'is a web page that is not found elsewhere',
      (_, response) => response.writeHead(301).end('<html>'),
      '(status 301)',
    ],
    ['answers with nothing', (_, response) => response.end(), 'an answer that describes no container'],
    [
      'tells no id',
      (_, response) => response.end('{"Id":"../../etc"}'),
      'an answer that describes no container',
    ],
    ['is no HTTP server', ({ socket }) => socket.end('SSH-2.0-OpenSSH\r\n'), 'HPE_INVALID_CONSTANT'],
    ['hangs up', ({ socket }) => socket.destroy(), 'broke the connection off (ECONNRESET)'],
    [
      'hangs up in the middle',
      (_, response) => response.write('{"Id":', () => response.destroy()),
      'broke the connection off (ECONNRESET)',
    ],
    ['never answers', () => undefined, 'gave no answer within 2 s'],
    ['never ends its answer', (_, response) => response.write('{"Id":'), 'gave no answer within 2 s'],
    ['answers without end', endless, 'an answer of more than 8388608 bytes'],
  ])('that %s is told so', async (_, answer, reason) => {
    await using engine = await StandInEngine.answering(answer);
    await expect(engineAt(engine.socket).inspect('web')).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_ENGINE',
      message: expect.stringContaining(reason),
    });
  });

  it('that lists something else is told so', async () => {
    await using engine = await StandInEngine.answering((_, response) => response.end('{}'));
    await expect(engineAt(engine.socket).list()).rejects.toThrow('an answer that lists no containers');
  });

  it('that is not there is told so', async () => {
    await expect(engineAt('/nonexistent/docker.sock').list()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_ENGINE',
      message: 'no Docker engine answers at /nonexistent/docker.sock (ENOENT)',
    });
    const remote = new ContainerEngine('podman', { over: 'tcp', host: '127.0.0.1', port: 1, tls: null });
    await expect(remote.list()).rejects.toThrow(
      'no Podman engine answers at tcp://127.0.0.1:1 (ECONNREFUSED)',
    );
  });

  it('is not waited for when nobody wants to know any more', async () => {
    const reason = new Error('never mind');
    const asked = new AbortController();
    await using engine = await StandInEngine.answering(() => asked.abort(reason));
    await expect(engineAt(engine.socket).inspect('web', asked.signal)).rejects.toBe(reason);
    await expect(engineAt(engine.socket).inspect('web', asked.signal)).rejects.toBe(reason);
  });
});

describe('what an engine says', () => {
  const anything = fc.anything();
  const likely = fc.record({
    Id: fc.oneof(fc.constant(ID), anything),
    Name: fc.oneof(fc.constant('/web'), fc.string(), anything),
    Names: fc.oneof(fc.constant(['/a/b', '/web']), anything),
    State: fc.oneof(
      fc.record({
        Running: fc.oneof(fc.boolean(), anything),
        Pid: fc.oneof(fc.integer(), fc.double(), anything),
        StartedAt: fc.oneof(fc.date().map(String), fc.constant('0001-01-01T00:00:00Z'), anything),
      }),
      anything,
    ),
  });

  it('is a container, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(anything, likely), (value) => {
        const state = parseContainerState(value);
        if (state === undefined) return;
        expect(state.id).toBe(ID);
        expect(state.name).toMatch(/^[\w.-]+$/);
        expect(state.pid === null || (Number.isSafeInteger(state.pid) && state.pid > 0)).toBe(true);
        expect(state.startedAt === null || state.startedAt.getTime() > 0).toBe(true);
      }),
    );
  });

  it('is a list of containers, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.array(likely)), (value) => {
        for (const { id, name } of parseContainerList(value) ?? []) {
          expect(id).toBe(ID);
          expect(name).toMatch(/^[\w.-]+$/);
        }
      }),
    );
    const linked = [{ Id: ID, Names: ['/other/alias', '/web'] }];
    expect(parseContainerList(linked)).toEqual([{ id: ID, name: 'web' }]);
  });
});

describe('a program that an engine runs', () => {
  it.each<[string, (socket: Duplex) => void, string, string]>([
    ['in order', (socket) => socket.end(frame(1, 'hello')), 'hello', 'sh ended with status 0'],
    ['with a stream that is damaged', (socket) => socket.end('HTTP/1.1 200'), '', 'the stream is damaged'],
    [
      'with a stream that is cut off',
      (socket) => socket.end(frame(1, 'hello').subarray(0, -1)),
      'hell',
      'the stream is cut off',
    ],
  ])('%s ends with the reason', async (_, serve, output, reason) => {
    await using engine = await running((request) => {
      request.socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n', () =>
        serve(request.socket),
      );
    });
    const channel = await engineAt(engine.socket).execTransport(ID).start(['sh']);
    expect(await text(channel.output)).toBe(output);
    expect(await channel.ended).toContain(reason);
  });

  it('is talked with even if the engine is too old to announce the stream', async () => {
    await using engine = await running(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n');
      socket.once('data', (said) => socket.end(frame(1, `you said ${said}`)));
    });
    const channel = await engineAt(engine.socket).execTransport(ID).start(['sh']);
    channel.input.write('hello');
    expect(await text(channel.output)).toBe('you said hello');
    expect(await channel.ended).toBe('sh ended with status 0');
  });

  it.each<[string, RequestListener, string]>([
    [
      'refuses',
      (_, response) => response.writeHead(409).end('{"message":"is paused"}'),
      'is paused (status 409)',
    ],
    ['hangs up', ({ socket }) => socket.destroy(), 'ECONNRESET'],
  ])('does not start if the engine %s', async (_, start, reason) => {
    await using engine = await running(start);
    await expect(engineAt(engine.socket).execTransport(ID).start(['sh'])).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_ENGINE',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['never knows how it ended', { Running: true, ExitCode: null }, 'let go of sh'],
    ['lost sight of it', { Running: false, ExitCode: -1 }, 'let go of sh'],
    ['knows something else', { Running: false, ExitCode: 'x' }, 'let go of sh'],
  ])('ends even if the engine %s', async (_, ended, reason) => {
    await using engine = await running(({ socket }) => {
      socket.end('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    }, ended);
    const channel = await engineAt(engine.socket).execTransport(ID).start(['sh']);
    expect(await text(channel.output)).toBe('');
    expect(await channel.ended).toContain(reason);
  });
});

function endless(...[, response]: Parameters<RequestListener>): void {
  const piece = Buffer.alloc(65536, ' ');
  const write = () => {
    while (response.write(piece));
  };
  response.on('drain', write);
  response.on('error', () => undefined);
  write();
}

/** An engine that answers a start of a program with `start`, and a question about its end with `ended`. */
function running(
  start: RequestListener,
  ended: object = { Running: false, ExitCode: 0 },
): Promise<StandInEngine> {
  return StandInEngine.answering((request, response) => {
    if (request.url === `/containers/${ID}/exec`) response.writeHead(201).end(JSON.stringify({ Id: ID }));
    else if (request.url === `/exec/${ID}/start`) start(request, response);
    else response.end(JSON.stringify(ended));
  });
}

function frame(stream: number, content: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, Buffer.from(content)]);
}
