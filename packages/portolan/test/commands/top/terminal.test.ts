import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portolan } from '../../built-command.js';
import { close, freePort, listenOn, portOf } from '../../free-port.js';
import { IS_ROOT, NamedNamespace } from '../../named-namespace.js';
import { HAS_TMUX, Tmux } from '../../tmux.js';
import { type Given, startTop } from './start-top.js';

const CHILD = new URL('./listening-child.mjs', import.meta.url);

const RECORDED_SS = fileURLToPath(
  new URL('../../../../monitor/test/fixtures/recordings/ss-6.12.0/ss-lntue.txt', import.meta.url),
);

const ESCAPE = '\\x1b';

let terminal: Tmux;
let children: ChildProcess[] = [];

beforeEach(async () => {
  terminal = await Tmux.open();
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await terminal?.[Symbol.asyncDispose]();
});

const top = (args: string, given: Given = {}) => startTop(terminal, args, given);

async function listeningChild(port: number, ...words: readonly string[]): Promise<ChildProcess> {
  const child = fork(CHILD, [String(port), ...words], { execArgv: [] });
  children.push(child);
  await once(child, 'message');
  return child;
}

describe.skipIf(!HAS_TMUX)('portolan top in a terminal', () => {
  it('shows a row when a port opens, and strikes it and lets it go when it closes', async () => {
    const port = await freePort();
    await top(`${port}`);
    await terminal.shows(/^nothing listens here$/m);
    const server = await listenOn(port);
    const row = `^\\+ tcp +127.0.0.1 +${port} .* ${process.pid} .* \\d s$`;
    const opened = await terminal.shows(new RegExp(row, 'm'));
    expect(opened).toMatch(/^1 listener /m);
    await terminal.shows(new RegExp(`^ {2}tcp +127.0.0.1 +${port} `, 'm'));
    await close(server);
    const closed = await terminal.shows(new RegExp(`^- tcp +127.0.0.1 +${port} `, 'm'));
    expect(closed).toMatch(/^0 listeners /m);
    expect(await terminal.showsNo(new RegExp(`tcp .*${port}`))).toMatch(/^nothing listens here$/m);
  });

  it.skipIf(!IS_ROOT)('tells two places apart, and sees one come', async () => {
    await using blue = await NamedNamespace.made();
    await using red = await NamedNamespace.made();
    const inBlue = await blue.listen(3000);
    await top(`3000 --in ${blue.place} --in ${red.place}`);
    const first = await terminal.shows(/^1 listener in 1 place {2}by port /m);
    expect(first).toMatch(/^ {2}PLACE +PROTO +ADDRESS/m);
    expect(first).toMatch(new RegExp(`^  ${blue.place} +tcp +127.0.0.1 +3000 .* ${inBlue.pid} `, 'm'));
    const inRed = await red.listen(3000);
    await terminal.shows(new RegExp(`^[+] ${red.place} +tcp +127.0.0.1 +3000 .* ${inRed.pid} `, 'm'));
    await terminal.shows(/^2 listeners in 2 places /m);
  });

  it('sorts, searches and shows details', async () => {
    const servers = [await listenOn(), await listenOn(0, undefined, '127.0.0.2')];
    const [first = 0, second = 0] = servers.map(portOf);
    const [low, high] = first < second ? [first, second] : [second, first];
    await top(`${first} ${second}`);
    await terminal.shows(new RegExp(`${low}[^]*${high}[^]*2 listeners {2}by port `));
    await terminal.type('S');
    await terminal.shows(new RegExp(`${high}[^]*${low}[^]*by port, reversed`));
    await terminal.type('3S');
    await terminal.shows(new RegExp(`${first}[^]*${second}[^]*by address `));

    await terminal.type('/127.0.0.2');
    const found = await terminal.shows(/^\/127\.0\.0\.2 +1 row$/m);
    expect(found).not.toMatch(new RegExp(`tcp .*${first}`));
    await terminal.press('Enter');
    await terminal.shows(/by address {2}\/127\.0\.0\.2/);
    await terminal.press('Down', 'Enter');
    const details = await terminal.shows(/^── tcp/m);
    expect(details).toMatch(new RegExp(`^process .*\\(pid ${process.pid}\\) {2}user `, 'm'));
    expect(details).toMatch(
      new RegExp(`^parents +\\S+ \\(pid ${process.pid}\\) < .* \\(pid ${process.ppid}\\) < `, 'm'),
    );
    expect(details).toMatch(new RegExp(`^executable ${process.execPath}$`, 'm'));
    expect(details).toMatch(
      new RegExp(`^socket +tcp 127.0.0.2:${second} {2}inode \\d+ {2}backlog 0 of `, 'm'),
    );
    await terminal.press('Escape');
    await terminal.showsNo(/──/);
    await terminal.press('Escape');
    await terminal.shows(/^2 listeners {2}by address {2}through /m);
    for (const server of servers) await close(server);
  });

  it('shows only what the filters let pass, and no sockets of clients', async () => {
    const server = await listenOn();
    const mine = await listeningChild(await freePort());
    const client = createSocket('udp4').bind(0, '127.0.0.1');
    await once(client, 'listening');
    await top(`--tree ${process.pid}`);
    expect(await terminal.screen()).toMatch(/^2 listeners /m);
    await terminal.type('q');
    await terminal.showsNo(/\? help/);
    await top(`--tree ${mine.pid}`);
    expect(await terminal.screen()).toMatch(/^1 listener /m);
    await terminal.type('q');
    await terminal.showsNo(/\? help/);
    await top(`--tree ${process.pid} --ephemeral`);
    expect(await terminal.shows(/^3 listeners /m)).toMatch(
      new RegExp(`^  udp +127.0.0.1 +${client.address().port} `, 'm'),
    );
    await terminal.type('q');
    client.close();
    await close(server);
  });

  it('ends a process after asking, and by force the second time', async () => {
    const port = await freePort();
    const child = await listeningChild(port, 'stubborn');
    await top(`${port}`);
    await terminal.shows(new RegExp(` ${port} `));
    await terminal.type('jx');
    await terminal.shows(new RegExp(`^End .* \\(pid ${child.pid}\\)\\? \\[y/N\\]$`, 'm'));
    await terminal.type('n');
    await terminal.shows(/^1 listener /m);
    await terminal.type('xy');
    await terminal.shows(new RegExp(`^sent SIGTERM to .* \\(pid ${child.pid}\\)$`, 'm'));
    await terminal.type('x');
    await terminal.shows(/was asked to end. End it by force \(SIGKILL\)\? \[y\/N\]$/m);
    const ended = once(child, 'exit');
    await terminal.type('y');
    expect(await ended).toEqual([null, 'SIGKILL']);
    await terminal.shows(/^nothing listens here$/m);
  });

  it('does not take what is pasted for keys', async () => {
    const server = await listenOn();
    await top(`${portOf(server)}`);
    await terminal.press('Down');
    await terminal.command('set-buffer', 'xyq/');
    await terminal.command('paste-buffer', '-p');
    await terminal.type('/');
    await terminal.command('paste-buffer', '-p');
    await terminal.shows(/^\/xyq\/ +0 rows$/m);
    await close(server);
  });

  it('shows what a process calls itself, and does not obey it', async () => {
    const port = await freePort();
    await listeningChild(port, '\x1b]2;owned\x07\x1b[2Jtext');
    await top(`${port}`);
    await terminal.press('Down', 'Enter');
    await terminal.resize(200, 30);
    await terminal.shows(/^command .*\\x1b\]2;owned\\x07\\x1b\[2Jtext$/m);
    expect(await terminal.modes('pane_title')).not.toContain('owned');
  });

  it('follows the size of the terminal, however small', async () => {
    const server = await listenOn();
    const port = portOf(server);
    await top(`${port}`);
    await terminal.resize(140, 40);
    const wide = await terminal.showsThat('is wide', (screen) => screen.split('\n')[0]?.length === 140);
    expect(wide.split('\n')[39]).toMatch(/^1 listener /);
    await terminal.resize(20, 3);
    await terminal.showsThat('is small', (screen) =>
      /^1 listener {2}by port$/.test(screen.split('\n')[2] ?? ''),
    );
    await terminal.resize(2, 1);
    await terminal.shows(/^1…$/m);
    await terminal.resize(100, 30);
    await terminal.shows(
      new RegExp(
        `^ {2}tcp +127.0.0.1 +${port} [^]*^1 listener {2}by port {2}through \\w+ \\(\\w+\\) {3}\\? help`,
        'm',
      ),
    );
    await close(server);
  });

  it('names the source and the doorbell, and tells of trouble for as long as there is some', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portolan-ss-'));
    const trouble = join(directory, 'trouble');
    const ss = `#!/bin/sh\n[ -e ${trouble} ] && exit 7\nexec cat ${RECORDED_SS}\n`;
    await writeFile(join(directory, 'ss'), ss, { mode: 0o755 });
    const through = /^0 listeners {2}by port {2}through ss \((tracefs|destroy|clock)\) /m;
    try {
      await top('--source ss 1', { before: `PATH=${directory}:$PATH` });
      await terminal.shows(through);
      for (let times = 1; times <= 2; times++) {
        await writeFile(trouble, '');
        await terminal.shows(/^\d\d:\d\d:\d\d no source .*ss/m);
        await rm(trouble);
        await terminal.shows(through);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('uses no colours where none are wanted', async () => {
    const port = await freePort();
    await top(`${port}`, { before: 'NO_COLOR=1' });
    const server = await listenOn(port);
    const screen = await terminal.shows(new RegExp(`\\+ tcp.*${port}`), { styles: true });
    expect(screen).not.toMatch(new RegExp(`${ESCAPE}\\[[\\d;]*3[0-7]`));
    await close(server);
  });
});

describe('portolan top without a terminal', () => {
  it('says what it needs, in one line', async () => {
    expect(await portolan(['top'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'portolan: top needs a terminal for its input and output; portolan watch does without\n',
    });
  });

  it.each([
    [['top', '--interval', '0'], '--interval must be at least 1ms'],
    [['top', '--sort', 'prot'], 'did you mean protocol?'],
    [['top', '80x'], "'80x' is no port"],
  ])('does not accept %j', async (args, message) => {
    const { status, stderr } = await portolan(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
