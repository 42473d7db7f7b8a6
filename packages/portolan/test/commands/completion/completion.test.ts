import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { portolan, runToEnd } from '../../built-command.js';

const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts[shell] = (await portolan(['completion', shell])).stdout;
});

describe('completion in bash', () => {
  it.each([
    ['portolan l', ['list']],
    ['portolan run --', ['--ports-file', '--clean', '--quiet', '--help']],
    ['portolan list --s', ['--sort', '--source']],
    ['portolan kill --t', ['--tcp', '--tree']],
    ['portolan watch --e', ['--env', '--ephemeral', '--exec']],
    ['portolan --e', ['--env']],
    ['portolan --container ', []],
    ['portolan --no', ['--no-processes']],
    ['portolan --in ', ['self', 'all', 'pid:', 'netns:', 'docker:', 'podman:', 'exec:', 'ssh:']],
    ['portolan wait --in = p', ['pid:', 'podman:']],
    ['portolan --in pid : 1', []],
    ['portolan --in docker :', []],
    ['portolan --source ', ['auto', 'netlink', 'proc', 'ss', 'lsof']],
    ['portolan --sort = pr', ['protocol', 'process']],
    ['portolan --format =', ['ss']],
    ['portolan --user ', []],
    ['portolan completion ', ['bash', 'zsh', 'fish', '-h', '--help']],
    ['portolan help c', ['completion']],
    ['portolan list l', []],
  ])('of %j offers %j', async (line, offered) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const script = `${scripts.bash}
      COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}
      _portolan
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await runToEnd('bash', ['-c', script]);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((word) => word !== '')).toEqual(offered);
  });
});

it('is a script for zsh with every option and its values', () => {
  expect(scripts.zsh).toMatch(/^#compdef portolan\n/);
  expect(scripts.zsh).toContain("'(-t --tcp)--tcp[TCP only]'");
  expect(scripts.zsh).toContain(
    "'(--source)--source=[where to look; with several, the first that works answers]: :(auto netlink proc ss lsof)'",
  );
});

it('lets --in be given again in zsh', () => {
  expect(scripts.zsh).toContain("'*--in=[the place to look at; may be given several times]:");
});

it('is a script for fish with every option and its values', () => {
  expect(scripts.fish).toContain("-s t -l tcp -d 'TCP only'");
  expect(scripts.fish).toContain(String.raw`-l format -x -a 'ss' -d 'print another program\'s format'`);
});

/** The shells that are installed here; scripts/install-test-needs.sh brings them all. */
const SHELLS = ['zsh', 'fish'].map((shell) => ({
  shell,
  isThere: spawnSync(shell, ['--version']).status === 0,
}));

describe.each(SHELLS)('the script for $shell', ({ shell, isThere }) => {
  it.skipIf(!isThere)('is read by it without complaint', () => {
    // A file, since fish does not read a script from a socket, which standard input would be.
    const directory = mkdtempSync(join(tmpdir(), 'portolan-completion-'));
    const file = join(directory, 'script');
    writeFileSync(file, scripts[shell] ?? '');
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    rmSync(directory, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it.skipIf(!SHELLS.some(({ shell, isThere }) => shell === 'fish' && isThere))('completes in fish', () => {
  const script = `${scripts.fish}\ncomplete -C 'portolan list --so'`;
  const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(['--sort', '--source', '']);
});
