import { spawnSync } from 'node:child_process';

/** The binaries of npm packages that hold nothing else, by processor. */
const RUNTIMES = [
  {
    name: 'Bun',
    packages: { x64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' },
    binary: 'bin/bun',
    args: ['run'],
  },
  {
    name: 'Deno',
    packages: { x64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc' },
    binary: 'deno',
    args: ['run', '--allow-all'],
  },
];

const PROGRAM = 'packages/monitor/test/runtimes/one-listener.mjs';
const TOLD = ['auto', 'destroy', 'clock'].map((doorbell) => `${doorbell} netlink opened closed`);
const LIMIT_MS = 60_000;

/**
 * Has a monitor watch one listener in each of the runtimes besides Node, where it must end by itself.
 *
 * @param {(prefix: string, name: string) => string} install installs a package of npm, and returns its folder
 * @returns {{ passed: number, failed: number }}
 */
export function testOtherRuntimes(install) {
  const outcomes = RUNTIMES.map(({ name, packages, binary, args }) => {
    const runtime = `${install(name.toLowerCase(), packages[process.arch])}/${binary}`;
    const { status, stdout } = spawnSync(runtime, [...args, PROGRAM], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT_MS,
    });
    const isPassed = status === 0 && stdout.trim() === TOLD.join('\n');
    console.log(`\nA monitor in ${name}: ${isPassed ? 'passed' : `failed (${status})\n${stdout}`}`);
    return isPassed;
  });
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed };
}
