import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ContainerEngine } from '../../../src/places/engine/container-engine.js';
import type { ContainerState } from '../../../src/places/engine/container-state.js';
import { localPidOf } from '../../../src/places/engine/local-pid.js';
import { DockerEngine, HAS_DOCKER } from '../../container-engines/docker-engine.js';
import { HAS_PODMAN, PodmanEngine } from '../../container-engines/podman-engine.js';

const PATIENCE = { timeout: 60_000, interval: 10 };

/** Reads its input line by line, so it ends when its input ends. */
const ECHO = ['sh', '-c', 'while read line; do echo "$line"; done'];

const ENGINES = [
  {
    kind: 'docker',
    isHere: HAS_DOCKER,
    start: DockerEngine.start,
    ambiguous: 'Multiple IDs found with provided prefix',
  },
  { kind: 'podman', isHere: HAS_PODMAN, start: PodmanEngine.start, ambiguous: 'more than one result' },
] as const;

describe.each(ENGINES)('a real engine: $kind', ({ kind, isHere, start, ambiguous }) => {
  describe.skipIf(!isHere)('with containers', () => {
    let real: DockerEngine | PodmanEngine;
    let engine: ContainerEngine;
    let shell: string;
    let bare: string;

    beforeAll(async () => {
      real = await start();
      engine = new ContainerEngine(kind, { over: 'unix', path: real.socket });
      shell = await real.run('shell', 'busybox-only', ['nc', '-l', '-p', '8080', '-e', 'cat']);
      bare = await real.run('bare', 'static-only', [
        '/listener',
        'tcp',
        '127.0.0.1',
        '8081',
        'udp',
        '::',
        '53',
      ]);
      const { pid } = await inspect('shell');
      await vi.waitUntil(() => readFileSync(`/proc/${pid}/net/tcp6`, 'utf8').includes(':1F90 '), PATIENCE);
    });

    afterAll(() => real?.[Symbol.asyncDispose]());

    async function inspect(name: string): Promise<ContainerState> {
      const state = await engine.inspect(name);
      if (state === undefined) throw new Error(`there is no container ${name}`);
      return state;
    }

    it('knows a container by its name, its id, and how that begins', async () => {
      const state = await inspect('bare');
      expect(state).toEqual({
        id: bare,
        name: 'bare',
        isRunning: true,
        pid: expect.any(Number),
        startedAt: expect.any(Date),
      });
      expect(readFileSync(`/proc/${state.pid}/comm`, 'utf8')).toBe('listener\n');
      expect(await inspect(bare)).toEqual(state);
      expect(await inspect(bare.slice(0, 12))).toEqual(state);
    });

    it.each(['nobody', 'shel', '0'.repeat(64), '', '.', '..', '../info', 'a/b', 'a?b', 'ä', 'a b'])(
      'knows no container called %j',
      async (name) => {
        expect(await engine.inspect(name)).toBeUndefined();
      },
    );

    it('refuses what several ids begin with', async () => {
      const digits = new Map<string, string>();
      const names: string[] = [];
      // Of seventeen ids two begin with the same digit.
      for (let count = 0; count < 17; count++) {
        const name = `one-of-many-${count}`;
        names.push(name);
        const id = await real.create(name, 'static-only', ['/listener']);
        const first = id.slice(0, 1);
        if (digits.has(first)) {
          await expect(engine.inspect(first)).rejects.toMatchObject({
            code: 'ERR_PORTOLAN_ENGINE',
            message: expect.stringContaining(ambiguous),
          });
          break;
        }
        digits.set(first, name);
      }
      for (const name of names) await real.remove(name);
      expect(names.length).toBeGreaterThan(digits.size);
    });

    it('lists those that run', async () => {
      await real.create('idle', 'static-only', ['/listener']);
      const list = await engine.list();
      await real.remove('idle');
      expect(list.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        { id: bare, name: 'bare' },
        { id: shell, name: 'shell' },
      ]);
    });

    it('tells that a container was never started, runs, stopped, and runs again as another process', async () => {
      const id = await real.create('changing', 'static-only', ['/listener']);
      expect(await inspect('changing')).toEqual({
        id,
        name: 'changing',
        isRunning: false,
        pid: null,
        startedAt: null,
      });
      await real.start('changing');
      const first = await inspect('changing');
      expect(localPidOf(first)).toBe(first.pid);
      await real.stop('changing');
      const stopped = await inspect('changing');
      expect(stopped).toMatchObject({ id, isRunning: false, pid: null });
      expect([localPidOf(stopped), localPidOf(first)]).toEqual([undefined, undefined]);
      await real.start('changing');
      await real.restart('changing');
      const second = await inspect('changing');
      expect(second).toMatchObject({ id, isRunning: true });
      expect(second.pid).not.toBe(first.pid);
      expect(Number(second.startedAt)).toBeGreaterThan(Number(first.startedAt));
      await real.remove('changing');
      expect(await engine.inspect('changing')).toBeUndefined();
      const another = await real.run('changing', 'static-only', ['/listener']);
      expect((await inspect('changing')).id).toBe(another);
      await real.remove('changing');
    });

    it('tells processes that are known here', async () => {
      for (const name of ['shell', 'bare']) {
        const state = await inspect(name);
        expect(localPidOf(state)).toBe(state.pid);
        expect(localPidOf({ ...state, pid: 1 })).toBeUndefined();
        expect(localPidOf({ ...state, id: '0'.repeat(64) })).toBeUndefined();
      }
    });

    it('runs a program, and tells how that ended', async () => {
      const channel = await engine.execTransport(shell).start(['cat', '/proc/net/tcp6', '/nonexistent']);
      const output = await text(channel.output);
      expect(output).toMatch(/^ +sl +local_address.*\n +0: 0{32}:1F90 0{32}:0000 0A /);
      expect(await channel.ended).toBe(
        "cat ended with status 1: cat: can't open '/nonexistent': No such file or directory",
      );
    });

    it('hands arguments on as they are', async () => {
      const args = ['$HOME', "it's", '', 'a b', '*', 'ä', '\n'];
      const channel = await engine
        .execTransport(shell)
        .start(['sh', '-c', 'for a; do echo "<$a>"; done', 'sh', ...args]);
      expect(await text(channel.output)).toBe(args.map((arg) => `<${arg}>\n`).join(''));
    });

    it('talks with a program as long as that runs', async () => {
      const channel = await engine.execTransport(shell).start(['sh']);
      const lines = channel.output.setEncoding('utf8')[Symbol.asyncIterator]();
      for (const word of ['one', 'two', 'three']) {
        channel.input.write(`echo ${word}\n`);
        expect(await lines.next()).toEqual({ done: false, value: `${word}\n` });
      }
      channel.input.end('exit 3\n');
      expect(await channel.ended).toBe('sh ended with status 3');
      expect(await lines.next()).toEqual({ done: true, value: undefined });
    });

    it('hands on more than the reader takes at once, whole', async () => {
      const channel = await engine.execTransport(shell).start(['sh', '-c', 'cat /bin/busybox']);
      await vi.waitUntil(() => channel.output.readableLength > 0, PATIENCE);
      const pieces: Buffer[] = [];
      for await (const piece of channel.output) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(readFileSync('/bin/busybox'))).toBe(true);
      expect(await channel.ended).toBe('sh ended with status 0');
    });

    it('runs several programs at a time', async () => {
      const transport = engine.execTransport(shell);
      const words = ['a', 'b', 'c', 'd'];
      const said = words.map(async (word) =>
        text((await transport.start(['sh', '-c', `echo ${word}`])).output),
      );
      expect(await Promise.all(said)).toEqual(words.map((word) => `${word}\n`));
      await transport.close();
    });

    it.each([
      ['bare', 'sh'],
      ['bare', 'cat'],
      ['bare', '/bin/cat'],
      ['shell', 'nonexistent'],
    ])('tells that in %s there is no %s', async (name, program) => {
      const { id } = await inspect(name);
      const channel = await engine.execTransport(id).start([program]);
      channel.output.resume();
      expect(await channel.ended).toBe(`there is no ${program} in the container`);
    });

    it('tells a missing program from one that a shell misses', async () => {
      const channel = await engine.execTransport(shell).start(['sh', '-c', 'nonexistent']);
      channel.output.resume();
      expect(await channel.ended).toBe('sh ended with status 127: sh: nonexistent: not found');
    });

    it('tells that what is named is no program', async () => {
      const channel = await engine.execTransport(shell).start(['/bin']);
      channel.output.resume();
      expect(await channel.ended).toMatch(
        /^\/bin can't be run in the container: .*(permission denied|is a directory)/i,
      );
    });

    it('ends what reads its input when the channel is closed', async () => {
      const channel = await engine.execTransport(shell).start(ECHO);
      const lines = channel.output.setEncoding('utf8')[Symbol.asyncIterator]();
      channel.input.write('x\n');
      await lines.next();
      const { pid } = await inspect('shell');
      const isThere = () => commandLinesBeside(Number(pid)).some((command) => command.includes('while read'));
      expect(isThere()).toBe(true);
      channel.close();
      channel.close();
      expect(await channel.ended).toBe('closed');
      expect(await lines.next()).toMatchObject({ done: true });
      channel.input.write('nobody reads this\n');
      await vi.waitUntil(() => !isThere(), PATIENCE);
    });

    it('ends a program with its container, and starts none in one that has ended', async () => {
      const id = await real.run('ending', 'busybox-only', ['sleep', '1000']);
      const transport = engine.execTransport(id);
      const channel = await transport.start(['sh', '-c', 'echo ready; read line']);
      // Stop the container only when the program surely runs.
      await once(channel.output, 'data');
      channel.output.resume();
      await real.stop('ending');
      expect(await channel.ended).toMatch(/^sh ended with status \d+$|let go of sh$/);
      await expect(transport.start(['sh'])).rejects.toMatchObject({
        code: 'ERR_PORTOLAN_ENGINE',
        message: expect.stringMatching(/not running|state improper/),
      });
      await real.remove('ending');
      await expect(transport.start(['sh'])).rejects.toThrow(/no (such )?container/i);
    });
  });
});

/** The command lines of all processes in the pid namespace of a process. */
function commandLinesBeside(pid: number): string[] {
  const namespaceOf = (one: number | string) => {
    try {
      return readlinkSync(`/proc/${one}/ns/pid`);
    } catch {
      return undefined;
    }
  };
  const namespace = namespaceOf(pid);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && namespaceOf(entry) === namespace)
    .map((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    });
}
