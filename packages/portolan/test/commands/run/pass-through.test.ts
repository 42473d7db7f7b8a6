import { describe, expect, it } from 'vitest';
import { portolan, runToEnd } from '../../built-command.js';
import { expectWrongUsage } from '../../expect-wrong-usage.js';
import { startPortolan } from '../../started-program.js';
import { runPortServer } from './port-server.js';

describe('portolan run', () => {
  it('runs the command with its own options, and ends as it does', async () => {
    const script = ['-c', 'echo "$@"; exit 3', '-t', '--quiet', '--', '--help'];
    const result = await portolan(['run', '--', 'sh', ...script]);
    expect(result).toEqual({ status: 3, stdout: '--quiet -- --help\n', stderr: '' });
  });

  it('gives the command its environment, and PORTOLAN_RUN', async () => {
    const variables = (text: string) => text.split('\0').sort();
    const bare = await runToEnd('env', ['-0'], { env: { STRANGE: ' a=b\n"' } });
    const { stdout } = await portolan(['run', '--', 'env', '-0'], { env: { STRANGE: ' a=b\n"' } });
    const added = variables(stdout).filter((each) => each.startsWith('PORTOLAN_RUN='));
    expect(added).toHaveLength(1);
    expect(variables(stdout)).toEqual([...variables(bare.stdout), ...added].sort());
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGHUP', 'SIGABRT'] as const)(
    'dies of %s where the command does',
    async (signal) => {
      await using running = startPortolan([
        'run',
        '--',
        'sh',
        '-c',
        `ulimit -c 0; kill -${signal.slice(3)} $$`,
      ]);
      expect(await running.ended).toBe(signal);
      expect(running.errors).toBe('');
    },
  );

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'hands %s on to the command',
    async (signal) => {
      const script = `process.on('${signal}', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready')`;
      await using running = startPortolan(['run', '--', process.execPath, '-e', script]);
      await running.says('ready');
      running.signal(signal);
      expect(await running.ended).toBe(7);
    },
  );

  it.each([
    ['no-such-command', 127, 'portolan: no-such-command: command not found\n'],
    ['/', 126, "portolan: / can't be run (EACCES)\n"],
    ['/dev/null/none', 126, "portolan: /dev/null/none can't be run (ENOTDIR)\n"],
  ])('ends as a shell does when %s is to be run', async (command, status, stderr) => {
    expect(await portolan(['run', '--', command])).toEqual({ status, stdout: '', stderr });
  });

  it.each([
    [['run'], 'behind --'],
    [['run', 'ls'], 'behind --'],
    [['run', 'ls', '--', 'ls'], 'behind --'],
    [['run', '--clear', '--', 'ls'], '--clean'],
  ])('calls %j wrong usage, in one line', expectWrongUsage);

  it('leaves the streams of the command blocking when it has said something', async () => {
    await using running = await runPortServer();
    running.type('tcp 127.0.0.1 0\n');
    await running.tells(/localhost/);
    running.type('blocking\n');
    await running.says('did True True True');
  });
});
