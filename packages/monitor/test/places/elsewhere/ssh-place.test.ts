import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { ElsewhereSource } from '../../../src/places/elsewhere/elsewhere-source.js';
import { SpawnTransport } from '../../../src/places/elsewhere/spawn-transport.js';
import { SshTransport } from '../../../src/places/elsewhere/ssh-transport.js';
import type { Transport } from '../../../src/places/elsewhere/transport.js';
import { enterTestNamespace } from '../../test-namespace/test-namespace.js';
import { MAY_SERVE_SSH, SshServer } from '../ssh-server.js';
import { openPort } from './open-port.js';

describe.skipIf(!MAY_SERVE_SSH)('a machine behind ssh, with cat and sh alone', () => {
  let server: SshServer;
  let undo: (() => void) | undefined;

  beforeAll(async () => {
    enterTestNamespace();
    server = await SshServer.start();
    undo = server.useHere();
  });

  afterAll(async () => {
    undo?.();
    await server[Symbol.asyncDispose]();
  });

  /** Fails if there is the folder of a shared connection, or an ssh that holds one open. */
  async function expectNothingLeft(): Promise<void> {
    expect(readdirSync(server.temporaryPath)).toEqual([]);
    await expect.poll(() => commandLines().filter((line) => line.includes(server.temporaryPath))).toEqual([]);
  }

  async function using(
    transport: Transport,
    work: (source: ElsewhereSource) => Promise<void>,
  ): Promise<void> {
    const source = new ElsewhereSource({ place: 'ssh:far', transport, processes: true });
    try {
      await work(source);
    } finally {
      source.close();
      await transport.close();
    }
  }

  test('shows ports open and close, over one connection', async () => {
    const before = server.logins;
    await using(new SshTransport(server.target), async (source) => {
      const first = await source.look();
      expect(first.listeners.map(({ address }) => address)).toEqual(['127.0.0.1']);
      const { port, close } = await openPort();
      expect(portsOf(await source.look())).toContain(port);
      await close();
      expect(portsOf(await source.look())).not.toContain(port);
      for (let looks = 0; looks < 20; looks++) await source.look();
    });
    await expect.poll(() => server.logins - before).toBe(1);
    await expectNothingLeft();
  });

  test('is asked by a plain ssh command as well', async () => {
    const command = ['ssh', '-T', server.target];
    await using(new SpawnTransport(command), async (source) => {
      expect((await source.look()).listeners).toHaveLength(1);
    });
  });

  test('gives no false answer while its server is gone, and is looked at again when it is back', async () => {
    const { port, close } = await openPort();
    await using(new SshTransport(server.target), async (source) => {
      const before = await source.look();
      expect(portsOf(before)).toContain(port);
      await server.kill();
      for (let looks = 0; looks < 3; looks++) {
        await expect(source.look()).rejects.toMatchObject({ code: 'ERR_PORTOLAN_SOURCE' });
      }
      await expect(source.look()).rejects.toThrow(/^ssh exited with 255: .*refused/);
      await server.start();
      const after = await source.look();
      expect(portsOf(after)).toEqual(portsOf(before));
    });
    await close();
    await expectNothingLeft();
  });

  test('passes each argument on as it is', async () => {
    const words = ["it's", 'two words', '$HOME `x` "y" \\', '', '*', '-e'];
    const transport = new SshTransport(server.target);
    const channel = await transport.start(['sh', '-c', 'for word do echo "[$word]"; done', 'sh', ...words]);
    let output = '';
    for await (const piece of channel.output) output += piece;
    await transport.close();
    expect(output).toBe(words.map((word) => `[${word}]\n`).join(''));
  });

  test('leaves nothing behind if the program ends without closing it', async () => {
    const script = `
      import { ElsewhereSource } from ${dist('elsewhere-source')};
      import { SshTransport } from ${dist('ssh-transport')};
      const transport = new SshTransport(${JSON.stringify(server.target)});
      const { listeners } = await new ElsewhereSource({ place: 'far', transport, processes: false }).look();
      console.log(listeners.length);
      process.exit(0);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(stdout).toBe('1\n');
    await expectNothingLeft();
  });
});

function portsOf({ listeners }: { readonly listeners: readonly Listener[] }): number[] {
  return listeners.map(({ port }) => port);
}

function dist(name: string): string {
  return JSON.stringify(new URL(`../../../dist/places/elsewhere/${name}.js`, import.meta.url).href);
}

function commandLines(): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? readFileSync(`/proc/${name}/cmdline`, 'latin1') : [];
    } catch {
      return [];
    }
  });
}
