import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAY_SERVE_SSH, SshServer } from '../../monitor/test/places/ssh-server.js';
import { portolan } from './built-command.js';
import { freePort } from './free-port.js';
import { startPortolan, startPython } from './started-program.js';

describe.skipIf(!MAY_SERVE_SSH)('the command, of a machine behind ssh with cat and sh alone', () => {
  let server: SshServer;
  let undo: (() => void) | undefined;
  let place: string;

  beforeAll(async () => {
    server = await SshServer.start();
    undo = server.useHere();
    place = `ssh:${server.target}`;
  });

  afterAll(async () => {
    undo?.();
    await server?.[Symbol.asyncDispose]();
  });

  const listen = (port: number) => startPython(`l = listen(${port}); ready(); wait()`);

  it('lists its ports, without processes', async () => {
    const port = await freePort();
    await using _listening = await listen(port);
    const { status, stdout, stderr } = await portolan([String(port), '--in', place]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^PROTO +ADDRESS +PORT +USER *\ntcp +127\\.0\\.0\\.1 +${port} +\\S+ *\n$`),
    );
  });

  it('watches it through the end and the return of its server', async () => {
    const [stays, comes] = [await freePort(), await freePort()];
    await using _staying = await listen(stays);
    await using watch = startPortolan([
      'watch',
      `${stays}`,
      `${comes}`,
      '--in',
      place,
      '--interval',
      '100ms',
    ]);
    await watch.says(`tcp  127.0.0.1:${stays}`);
    await server.kill();
    await watch.says(' !  no answer: ');
    await using _coming = await listen(comes);
    await server.start();
    await watch.says(`+  tcp  127.0.0.1:${comes}`);
    const told = watch.output.trimEnd().split('\n');
    expect(told.map((line) => line.slice('00:00:00.000  '.length).trimEnd())).toEqual([
      expect.stringMatching(`^=  port ${comes} is not open`),
      `=  tcp  127.0.0.1:${stays}`,
      expect.stringMatching(/^! {2}no answer: /),
      '!  now looking through proc: proc works again',
      `+  tcp  127.0.0.1:${comes}`,
    ]);
    watch.signal('SIGTERM');
    expect(await watch.ended).toBe(0);
  });

  it('waits for a port there', async () => {
    const port = await freePort();
    await using wait = startPortolan(['wait', `${port}`, '--in', place, '--timeout', '20s']);
    await using _listening = await listen(port);
    expect(await wait.ended).toBe(0);
  });

  it('says in one line that nobody answers', async () => {
    const port = await freePort();
    const { status, stdout, stderr } = await portolan(['--in', `ssh:ssh://root@127.0.0.1:${port}`]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^portolan: ssh:ssh:\S+ ssh exited with 255: .*refused.*\n$/);
  });
});
