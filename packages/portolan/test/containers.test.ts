import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine, HAS_DOCKER } from '../../monitor/test/container-engines/docker-engine.js';
import { portolan } from './built-command.js';
import { startPortolan } from './started-program.js';

/** A listener bound to its container's loopback, in an image of nothing but a static program: no shell, and no cat. */
const BARE = ['/listener', 'tcp', '127.0.0.1', '8081'];
/** One in an image of nothing but busybox. */
const SHELL = ['nc', '-l', '-p', '8080', '-e', 'cat'];

describe.skipIf(!HAS_DOCKER)('the command, of containers with nothing installed in them', () => {
  let engine: DockerEngine;

  beforeAll(async () => {
    engine = await DockerEngine.start();
    process.env.DOCKER_HOST = `unix://${engine.socket}`;
    await engine.run('bare', 'static-only', BARE);
    await engine.run('shell', 'busybox-only', SHELL);
    for (const [place, port] of [
      ['docker:bare', '8081'],
      ['docker:shell', '8080'],
    ] as const)
      expect(await portolan(['wait', port, '--in', place])).toMatchObject({ status: 0, stderr: '' });
  });

  afterAll(async () => {
    delete process.env.DOCKER_HOST;
    await engine?.[Symbol.asyncDispose]();
  });

  it('lists their ports, with the processes behind them', async () => {
    const { status, stdout } = await portolan(['--in', 'docker:bare', '--in', 'docker:shell']);
    expect(status).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^PLACE +PROTO +ADDRESS +PORT +PROCESS +PID +USER +CONTAINER +COMMAND$/);
    expect(rows).toEqual([
      expect.stringMatching(/^docker:shell +tcp +\[::\].* 8080 +nc +\d+ /),
      expect.stringMatching(
        /^docker:bare +tcp +127\.0\.0\.1 +8081 +listener +\d+ .*\/listener tcp 127\.0\.0\.1 8081$/,
      ),
    ]);
  });

  it('watches one through its restart', async () => {
    await using watch = startPortolan(['watch', '--in', 'docker:bare', '--initial']);
    await watch.says(' = ');
    await engine.restart('bare');
    await watch.says('docker:bare is there now');
    await watch.says(' + ');
    const told = watch.output.trimEnd().split('\n');
    expect(told.map((line) => line.slice('00:00:00.000  '.length).replace(/ \(pid \d+\).*/, ''))).toEqual([
      '=  tcp  127.0.0.1:8081          listener',
      '-  tcp  127.0.0.1:8081          listener',
      expect.stringMatching(/^! {2}docker:bare is gone/),
      '!  docker:bare is there now',
      '+  tcp  127.0.0.1:8081          listener',
    ]);
    watch.signal('SIGINT');
    expect(await watch.ended).toBe(0);
  });

  it('waits for a port of one that is stopped yet, and for its end', async () => {
    await engine.create('later', 'static-only', ['/listener', 'tcp', '127.0.0.1', '90']);
    await using wait = startPortolan(['wait', '90', '--in', 'docker:later', '--timeout', '20s']);
    await using closed = startPortolan(['wait', '8080', '--in', 'docker:shell', '--closed']);
    await engine.start('later');
    expect(await wait.ended).toBe(0);
    await engine.stop('shell');
    expect(await closed.ended).toBe(0);
    await engine.start('shell');
    await engine.remove('later');
  });

  it('says in one line that there is no such container', async () => {
    for (const args of [[], ['watch'], ['wait', '80']]) {
      expect(await portolan([...args, '--in', 'docker:nobody'])).toEqual({
        status: 3,
        stdout: '',
        stderr: 'portolan: docker:nobody: there is no such container\n',
      });
    }
  });

  it('says in one line what an ordinary user lacks', async () => {
    const { status, stdout, stderr } = await portolan(['--in', 'docker:bare'], { uid: 65534 });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(
      /^portolan: docker:bare: you may not talk to Docker at \S+ \(EACCES\); try sudo.*\n$/,
    );
  });
});
