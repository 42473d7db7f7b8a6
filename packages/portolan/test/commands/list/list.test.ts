import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type ListenOptions } from 'node:net';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, portolan, runToEnd } from '../../built-command.js';
import { expectWrongUsage } from '../../expect-wrong-usage.js';
import { freePort } from '../../free-port.js';

const NOBODY = 65534;
const servers = Array.from({ length: 4 }, () => createServer());
const datagrams = createSocket('udp4');
let ports: number[];
let udpPort: number;

beforeAll(async () => {
  const places: ListenOptions[] = [
    { host: '127.0.0.1' },
    { host: '::', ipv6Only: true },
    { host: '::' },
    { host: '::ffff:127.0.0.1' },
  ];
  for (const [index, server] of servers.entries()) {
    // Not one that the kernel gives to others as well, on an address that is not taken.
    server.listen({ port: await freePort(), ...places[index] });
    await once(server, 'listening');
  }
  ports = servers.map((server) => (server.address() as AddressInfo).port);
  datagrams.bind(0, '127.0.0.1');
  await once(datagrams, 'listening');
  udpPort = datagrams.address().port;
});

afterAll(() => {
  for (const server of servers) server.close();
  datagrams.close();
});

describe('portolan', () => {
  it('lists, with and without the word, the ports that are asked for', async () => {
    const range = `${udpPort}-${udpPort}`;
    const [bare, list] = await Promise.all([
      portolan(['--no-processes', range]),
      portolan(['list', '--no-processes', '-u', range]),
    ]);
    expect(bare).toEqual({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining(`udp    127.0.0.1  ${udpPort}`),
    });
    expect(list.stdout).toBe(bare.stdout);
  });

  it('lists everything when nothing is asked for', async () => {
    const { status, stdout } = await portolan([]);
    expect(status).toBe(0);
    for (const port of [...ports, udpPort]) expect(stdout).toContain(String(port));
  });

  it('prints one JSON document', async () => {
    const { status, stdout } = await portolan([
      '--json',
      '--user',
      String(userInfo().uid),
      ...ports.map(String),
    ]);
    const { listeners, ...look } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(look).toEqual({
      schemaVersion: 1,
      source: expect.any(String),
      failures: expect.any(Array),
      skipped: 0,
      places: [{ place: 'self', source: look.source, failures: look.failures, reason: null, skipped: 0 }],
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      durationMs: expect.any(Number),
    });
    const addresses = new Map(
      listeners.map(({ port, address }: { port: number; address: string }) => [port, address]),
    );
    expect(ports.map((port) => addresses.get(port))).toEqual(['127.0.0.1', '::', '::', '::ffff:127.0.0.1']);
  });

  it('prints a line of JSON a listener', async () => {
    const { stdout } = await portolan(['--ndjson', '--no-processes', ports.join(',')]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).port)).toEqual([...ports].sort((a, b) => a - b));
  });

  it('prints the rows of ss', async () => {
    const asked = [...ports, udpPort];
    const [ours, theirs] = await Promise.all([
      portolan(['--format', 'ss', '--no-processes', ...asked.map(String)]),
      runToEnd('ss', ['-lntu']),
    ]);
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => asked.includes(Number(/:(\d+) /.exec(line)?.[1])))
        .map((line) => line.trim().replaceAll(/ +/g, ' '))
        .sort();
    expect(rows(ours.stdout)).toHaveLength(asked.length);
    expect(rows(ours.stdout)).toEqual(rows(theirs.stdout));
  });

  it('ends with 1 and without a word in a pipe when nothing matches', async () => {
    expect(await portolan(['--no-processes', '-t', String(udpPort), '-6'])).toEqual({
      status: 1,
      stdout: '',
      stderr: '',
    });
  });

  it('ends with 3 and one line when no source works', async () => {
    const result = await portolan(['--source', 'ss'], { env: { PATH: '/nonexistent' } });
    expect(result).toEqual({ status: 3, stdout: '', stderr: expect.stringMatching(/^portolan: .*ss.*\n$/) });
  });

  it('tells at --verbose why a source failed', async () => {
    const args = ['--source', 'ss,netlink,proc', '--no-processes', '--verbose', String(ports[0])];
    const { status, stderr } = await portolan(args, { env: { PATH: '/nonexistent' } });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^portolan: source ss failed: .*\n/);
  });

  it.each([
    [['70000'], 'no port'],
    [['9-3'], 'did you mean 3-9?'],
    [['http'], 'no port'],
    [['lst'], 'did you mean list?'],
    [['--jsn'], 'Did you mean --json?'],
    [['--source', 'porc'], 'did you mean proc?'],
    [['--sort', 'name'], 'port, protocol, address, process, pid, user'],
    [['--format', 'xml'], '--format takes ss'],
    [['--user', 'no such user'], 'no user'],
    [['--json', '--ndjson'], 'cannot be used with'],
    [['--json', '--format', 'ss'], 'cannot be used with'],
    [['--ndjson', '--format', 'ss'], 'cannot be used with'],
    [['--no-processes', '--process', 'node'], 'cannot be used with'],
    [['--no-processes', '--tree', '1'], 'cannot be used with'],
    [['--env', 'A', '--no-processes'], 'cannot be used with'],
    [['--in', 'blue'], '--in blue: no such place; there are self, all, pid:PID, netns:NAME'],
    [['--in', 'self', '--in', 'pid:x'], 'takes the number of a process'],
    [['--in', ''], 'no such place'],
    [['--in'], 'argument missing'],
    [['--format', 'ss', '--in', 'all'], "can't tell places apart"],
    [['--format', 'ss', '--in', 'self', '--in', 'netns:blue'], "can't tell places apart"],
    [['wait', '1', '--http', '/', '--in', 'netns:blue'], "netns:blue can't be reached"],
    [['kill', '1', '--in', 'self'], "unknown option '--in'\n"],
    [['completion', 'csh'], 'bash, zsh, fish'],
    [['completion'], 'missing'],
    [['\x1b[31m'], String.raw`\x1b[31m`],
  ])('calls %j wrong usage, in one line', expectWrongUsage);

  it('helps, with examples, and tells its version', async () => {
    const [help, version] = await Promise.all([portolan(['--help']), portolan(['--version'])]);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const text of ['--no-processes', 'Examples:', 'completion']) expect(help.stdout).toContain(text);
    expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('colours a pipe only when forced', async () => {
    const args = ['--no-processes', String(ports[0])];
    const [plain, forced] = await Promise.all([
      portolan(args),
      portolan(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ]);
    expect(plain.stdout).not.toContain('\x1b');
    expect(forced.stdout).toContain('\x1b[1m');
  });

  it('ends quietly when nobody reads on', async () => {
    const script = '"$0" "$1" --json --no-processes | head -c 1; echo $PIPESTATUS';
    const { stdout, stderr } = await runToEnd('bash', ['-c', script, process.execPath, COMMAND]);
    expect(stderr).toBe('');
    expect(stdout).toBe('{0\n');
  });

  it('does not fail quietly when the output is full', async () => {
    const { status, stderr } = await runToEnd('sh', [
      '-c',
      '"$0" "$1" --json > /dev/full',
      process.execPath,
      COMMAND,
    ]);
    expect(status).toBe(74);
    expect(stderr).toMatch(/^portolan: cannot write the output: ENOSPC.*\n$/);
  });

  it.skipIf(process.getuid?.() !== 0)('works for an ordinary user', async () => {
    const { status, stdout } = await portolan(['--json', String(ports[0])], { uid: NOBODY });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).listeners).toMatchObject([{ port: ports[0], sockets: [{ uid: 0 }] }]);
  });
});

describe('portolan on a terminal', () => {
  const onTerminal = (columns: number, args: string, env: NodeJS.ProcessEnv = {}) =>
    runToEnd('script', ['-qec', `stty cols ${columns}; "$NODE" "$COMMAND" ${args}`, '/dev/null'], {
      env: { ...env, NODE: process.execPath, COMMAND },
    });
  const withoutColor = (text: string) => text.replaceAll(/\p{Cc}\[\d+m/gu, '');

  it.each([40, 60, 80, 200])('fits into %i columns', async (columns) => {
    const { stdout } = await onTerminal(columns, ports.join(' '));
    const lines = withoutColor(stdout).trimEnd().split('\r\n');
    expect(lines.filter((line) => line.startsWith('tcp'))).toHaveLength(ports.length);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it('is coloured, unless NO_COLOR or TERM says otherwise', async () => {
    const [plain, none, dumb] = await Promise.all([
      onTerminal(80, `${ports[0]}`),
      onTerminal(80, `${ports[0]}`, { NO_COLOR: '1' }),
      onTerminal(80, `${ports[0]}`, { TERM: 'dumb' }),
    ]);
    expect(plain.stdout).toContain('\x1b[1m');
    expect(none.stdout).not.toContain('\x1b');
    expect(dumb.stdout).not.toContain('\x1b');
  });

  it('says that nothing matched', async () => {
    const { status, stdout } = await onTerminal(80, `--no-processes -t -6 ${udpPort}`);
    expect(status).toBe(1);
    expect(stdout).toBe('portolan: no such port is listening\r\n');
  });
});
