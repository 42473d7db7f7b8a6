import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstalledPackages, installPackages } from './installed-packages.js';

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65534;

let installed: InstalledPackages;
let server: Server;
let port: number;

beforeAll(async () => {
  installed = installPackages();
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
  installed[Symbol.dispose]();
});

/** Runs the installed command and gives what it printed. */
function portolan(args: readonly string[], options: { env?: NodeJS.ProcessEnv; uid?: number } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [installed.command, ...args], {
    encoding: 'utf8',
    cwd: '/',
    ...options,
    ...(options.uid === undefined ? {} : { gid: options.uid }),
  });
  return { status, stdout, stderr };
}

function source(json: string): string {
  return (JSON.parse(json) as { source: string }).source;
}

describe('the packed packages', () => {
  test('hold the built code, the README and the licence, and nothing else', () => {
    expect([...installed.files.keys()].sort()).toEqual(['@portolan/monitor', 'portolan']);
    for (const files of installed.files.values()) {
      const others = files.filter((path) => !path.startsWith('dist/'));
      expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
      expect(files.filter((path) => !/\.(js|d\.ts|json|md)$|LICENSE$/.test(path))).toEqual([]);
    }
  });

  test('install a command that works', () => {
    const bin = join(installed.directory, 'node_modules/.bin/portolan');
    const output = execFileSync(bin, ['list', String(port)], { encoding: 'utf8' });
    expect(output).toContain(String(port));
  });

  test('bring types for a strict program, and the program runs', () => {
    const program = [
      "import { listListeners, type Listener } from '@portolan/monitor';",
      "import { ListenerReader } from 'portolan';",
      'const { listeners } = await listListeners({ processes: false });',
      'const ports: number[] = listeners.map((listener: Listener) => listener.port);',
      'await using reader = new ListenerReader();',
      'console.log(JSON.stringify([ports.length, (await reader.look()).listeners.length]));',
      '',
    ].join('\n');
    writeFileSync(join(installed.directory, 'program.ts'), program);
    const root = process.cwd();
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,esnext.disposable',
    ];
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, ...types, 'program.ts'], {
      cwd: installed.directory,
      stdio: 'pipe',
    });
    const output = execFileSync(process.execPath, ['program.js'], {
      cwd: installed.directory,
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test('work without any native module, through /proc', () => {
    const copy = mkdtempSync(join(tmpdir(), 'portolan-bare-'));
    cpSync(join(installed.directory, 'node_modules'), join(copy, 'node_modules'), { recursive: true });
    for (const name of ['koffi', '@koromix'])
      rmSync(join(copy, 'node_modules', name), { recursive: true, force: true });
    const flags = Number(process.versions.node.split('.')[0]) >= 26 ? ['--no-experimental-ffi'] : [];
    const command = join(copy, 'node_modules/portolan/dist/bin.js');
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, command, '--json', String(port)], {
      encoding: 'utf8',
    });
    rmSync(copy, { recursive: true });
    expect(stderr).toBe('');
    expect(source(stdout)).toBe('proc');
    expect(stdout).toContain('no native calls');
  });
});

describe.skipIf(!IS_ROOT).each([
  ['root', 0],
  ['an ordinary user', NOBODY],
])('run by %s', (_, uid) => {
  test('the command sees the port, and writes nothing on standard error into a pipe', () => {
    const { status, stdout, stderr } = portolan(['--json', String(port)], { uid });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(source(stdout)).toBe('netlink');
  });

  test.each([
    ['without ss', undefined],
    ['with an ss that exits 1', 'exit 1'],
    ['with an ss that prints garbage', 'head -c 9999 /dev/urandom'],
    ['with an ss that hangs', 'exec sleep 600'],
  ])('and %s, the classic chain sees the same port in /proc', (_, script) => {
    const directory = mkdtempSync(join(tmpdir(), 'portolan-path-'));
    execFileSync('chmod', ['755', directory]);
    if (script !== undefined) writeFileSync(join(directory, 'ss'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const PATH = script === undefined ? directory : `${directory}:${process.env.PATH}`;
    const args = ['--source', 'ss,proc', '--json', String(port)];
    const { status, stdout } = portolan(args, { uid, env: { ...process.env, PATH } });
    rmSync(directory, { recursive: true });
    expect(status).toBe(0);
    expect(source(stdout)).toBe('proc');
    expect(stdout).toContain(`"port": ${port}`.replace(/ /g, stdout.includes('": ') ? ' ' : ''));
  });

  test('without /proc/net, netlink and ss, one line says why nothing works, with status 3', () => {
    const program = [process.execPath, installed.command, '--source', 'proc,ss'];
    const steps = `mount -t tmpfs none /proc && PATH=/nowhere exec "$0" "$@"`;
    const drop =
      uid === 0 ? [] : ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
    const command =
      drop.length === 0
        ? program
        : [execFileSync('which', ['setpriv'], { encoding: 'utf8' }).trim(), ...drop.slice(1), ...program];
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', steps, ...command], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^portolan: no source works: proc: .*ENOENT.*; ss: .*ENOENT/);
  });
});
