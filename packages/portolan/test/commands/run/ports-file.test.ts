import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortsFile } from '../../../src/commands/run/ports-file.js';
import { portolan } from '../../built-command.js';
import { freePort } from '../../free-port.js';
import { startPython } from '../../started-program.js';
import { PORT_SERVER, runPortServer } from './port-server.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portolan-run-'));
  path = join(directory, 'ports.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

const read = (): unknown => JSON.parse(readFileSync(path, 'utf8'));

describe('the file of portolan run --ports-file', () => {
  it('is there with an empty list when the command starts, has its ports, and is empty at the end', async () => {
    const [tcp, udp] = [await freePort(), await freePort()];
    await using running = await runPortServer('--ports-file', path, '--quiet');
    const pid = Number(/(\d+) ready/.exec(running.output)?.[1]);
    const command = ['python3', '-c', PORT_SERVER];
    const shell = { schemaVersion: 1, command, pid: expect.any(Number), ports: [] };
    expect(read()).toEqual(shell);
    running.type(`tcp 0.0.0.0 ${tcp}\nudp 127.0.0.1 ${udp}\n`);
    await expect.poll(read).toMatchObject({ pid: expect.any(Number), ports: [{}, {}] });
    expect(read()).toEqual({
      ...shell,
      ports: [
        { protocol: 'udp', address: '127.0.0.1', port: udp, url: null, pid, name: 'python3' },
        {
          protocol: 'tcp',
          address: '0.0.0.0',
          port: tcp,
          url: `http://localhost:${tcp}`,
          pid,
          name: 'python3',
        },
      ].sort((a, b) => a.port - b.port),
    });
    running.type('exit 0\n');
    await running.ended;
    expect(read()).toEqual(shell);
    expect(readdirSync(directory)).toEqual(['ports.json']);
  });

  it('is never seen half written by who reads it in a loop', async () => {
    const file = new PortsFile(path, ['server'], () => undefined);
    await using reader = await startPython(
      `
import json
lengths = set()
ready()
while not {0, 2000} <= lengths or not os.path.exists(sys.argv[2]):
    lengths.add(len(json.load(open(sys.argv[1]))['ports']))
print('lengths', sorted(lengths))`,
      { args: [path, join(directory, 'enough')] },
    );
    const port = { protocol: 'tcp', address: '::', port: 1, url: null, pid: 1, name: 'server' } as const;
    const many = Array.from({ length: 2000 }, () => port);
    for (let round = 0; round < 200; round++) file.update(round % 2 === 0 ? many : []);
    writeFileSync(join(directory, 'enough'), '');
    // Whoever reads slowly still gets to see both.
    const more = setInterval(() => file.update(Math.random() < 0.5 ? many : []), 5);
    expect(await reader.ended).toBe(0);
    clearInterval(more);
    expect(reader.output).toContain('lengths [0, 2000]');
  });

  it('is written where a link leads to, which stays', async () => {
    const link = join(directory, 'link');
    writeFileSync(path, '');
    symlinkSync('ports.json', link);
    expect(await portolan(['run', '--ports-file', link, '--', 'true'])).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(read()).toMatchObject({ command: ['true'], ports: [] });
    expect(readdirSync(directory).sort()).toEqual(['link', 'ports.json']);
  });

  it.each(['/dev/null', '/proc/ports.json', '/nonexistent/ports.json', '/'])(
    'can not be %s, which is told before the command is started',
    async (impossible) => {
      const result = await portolan(['run', '--ports-file', impossible, '--', 'echo', 'ran']);
      expect(result).toEqual({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^portolan: --ports-file.*\n$/),
      });
    },
  );

  it('is told once not to be writable any more, while the command goes on', async () => {
    const said: string[] = [];
    const file = new PortsFile(path, ['server'], (line) => said.push(line));
    rmSync(directory, { recursive: true });
    file.started(1);
    file.started(2);
    expect(said).toEqual([`portolan: ${path} can't be written (ENOENT)`]);
    directory = mkdtempSync(join(tmpdir(), 'portolan-run-'));
  });
});
