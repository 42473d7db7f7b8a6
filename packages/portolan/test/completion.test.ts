import { beforeAll, describe, expect, it } from 'vitest';
import { portolan, runProgram } from './run-command.js';

const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts[shell] = (await portolan(['completion', shell])).stdout;
});

describe('completion in bash', () => {
  it.each([
    ['portolan l', ['list']],
    ['portolan list --s', ['--sort', '--source']],
    ['portolan --no', ['--no-processes']],
    ['portolan --source ', ['auto', 'netlink', 'proc', 'ss']],
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
    const { stdout, stderr } = await runProgram('bash', ['-c', script]);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((word) => word !== '')).toEqual(offered);
  });
});

it('is a script for zsh with every option and its values', () => {
  expect(scripts.zsh).toMatch(/^#compdef portolan\n/);
  expect(scripts.zsh).toContain("'(-t --tcp)--tcp[TCP only]'");
  expect(scripts.zsh).toContain(
    "'(--source)--source=[where to look; with several, the first that works answers]: :(auto netlink proc ss)'",
  );
});

it('is a script for fish with every option and its values', () => {
  expect(scripts.fish).toContain("-s t -l tcp -d 'TCP only'");
  expect(scripts.fish).toContain(String.raw`-l format -x -a 'ss' -d 'print another program\'s format'`);
});
