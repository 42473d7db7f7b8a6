import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIST_OPTIONS } from '../../../src/commands/list/list-options.js';
import { parsePlainList } from '../../../src/commands/list/plain-list.js';
import { addOptions } from '../../../src/options/commander-options.js';
import { parsePlainly } from '../../../src/options/parse-plainly.js';

it('understands the list', () => {
  expect(parsePlainList(['list', '-tu', '3000', '--sort=pid', '80,90-99'])).toEqual({
    ports: [
      { from: 3000, to: 3000 },
      { from: 80, to: 80 },
      { from: 90, to: 99 },
    ],
    options: { tcp: true, udp: true, sort: 'pid', source: 'auto' },
  });
});

it('understands several places, and whether processes are wanted', () => {
  const optionsOf = (...args: string[]) => parsePlainList(args)?.options;
  expect(optionsOf('--in', 'netns:a,b', '--in=exec:ssh -p 2 host', '--in', 'self')).toMatchObject({
    in: ['netns:a,b', 'exec:ssh -p 2 host', 'self'],
  });
  expect(optionsOf('--in', 'all', '--processes')).toMatchObject({ in: ['all'], processes: true });
  expect(optionsOf('--no-processes')).toMatchObject({ processes: false });
  expect(optionsOf('3000')).not.toHaveProperty('processes');
});

it.each([
  [['--help']],
  [['completion', 'bash']],
  [['3000', 'list']],
  [['70000']],
  [['--sort', 'name']],
  [['--json', '--ndjson']],
  [['--no-processes', '--processes']],
  [['--in', 'blue']],
  [['--in', 'self', '--in', 'pid:0']],
  [['--in']],
  [['--tree', '0']],
  [['--env', '=1']],
  [['--cgroup', 'a/b']],
  [['--container', 'a b']],
  [['--cgroup', 'a', '--cgroup', 'b']],
  [['--user']],
  [['--sort', 'name', '--sort', 'pid']],
])('leaves %j to commander', (args) => {
  expect(parsePlainList(args)).toBeUndefined();
});

it('reads every command line that it reads as commander does', () => {
  const argument = fc.constantFrom(
    ...['-t', '-4', '-u6', '--udp', '--json', '--ndjson', '--no-processes', '--verbose', '--', '-', '3000'],
    ...[
      '--sort',
      '--sort=pid',
      'user',
      '--source',
      'ss,proc',
      '--format',
      'ss',
      '--process',
      'node',
      '--user=0',
    ],
    ...['--tree', '1', '--tree=0', '--env=A=1', '--env', '--cgroup', '/a/*', '--container', 'web'],
    ...['--in', 'self', '--in=netns:a', '--in=blue', '--processes', '--processes=1'],
    ...['--process=', '--process=-t', '--no-json', '--json=1', '--jso', 'x y'],
  );
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), (args) => {
      const plain = parsePlainly(args, LIST_OPTIONS, (word) => word);
      if (plain !== undefined) expect(plain).toEqual(parseWithCommander(args));
    }),
    { numRuns: 5000 },
  );
});

function parseWithCommander(args: readonly string[]) {
  const command = addOptions(new Command().argument('[word...]'), LIST_OPTIONS).exitOverride();
  command.configureOutput({ outputError: () => {} }).parse(args, { from: 'user' });
  return { options: command.opts(), words: command.args };
}

it('is read and printed without commander, which takes longer to load than a look', () => {
  const bin = new URL('../../../dist/bin.js', import.meta.url).href;
  const loadedBy = (...args: string[]) => {
    const script = `import { createRequire } from 'node:module';
      process.argv.splice(1, Infinity, 'portolan', ...${JSON.stringify(args)});
      await import(${JSON.stringify(bin)});
      console.error(Object.keys(createRequire(${JSON.stringify(bin)}).cache).join(' '));`;
    return spawnSync(process.execPath, ['--input-type=module'], { encoding: 'utf8', input: script }).stderr;
  };
  expect(loadedBy('list', '--no-processes')).toContain('koffi');
  expect(loadedBy('list', '--no-processes')).not.toContain('commander');
  expect(loadedBy('list', '--help')).toContain('commander');
});
