/**
 * Runs the tests of what depends on the kernel on Debian's Linux 6.1 in an emulated machine, once with the modules of
 * sock_diag and once without: as root on Debian 12. With paths as arguments it runs the tests there alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { DIAG_MODULES, kernelImage, makeInitramfs, unpackKernel } from './kernel-initramfs.mjs';

const BUILD = resolve('build/test-kernels');
/** An emulated core, on a machine that does other things too, may be so many times slower. */
const SLOWNESS = 5;
const LIMIT_MINUTES = 120;
const DEPENDS_ON_THE_KERNEL = [
  ...['kernel', 'sources', 'processes', 'owners', 'port-monitor/doorbells'],
  'places/attach-processes.test.ts',
];

installPackages('qemu-system-x86', 'busybox-static');
const kernel = join(BUILD, 'kernel');
if (!existsSync(kernel)) downloadKernel(kernel);
const paths = process.argv.slice(2);
if (paths.length === 0) paths.push(...DEPENDS_ON_THE_KERNEL.map((name) => `packages/monitor/test/${name}`));

const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = false;
for (const { name, modules } of [
  { name: 'with sock_diag', modules: DIAG_MODULES },
  { name: 'without sock_diag', modules: [] },
]) {
  console.log(`\nTests on ${kernelImage(kernel)} ${name}`);
  const report = runTests(modules);
  broken ||= report === undefined || !report.success;
  totals.passed += report?.numPassedTests ?? 0;
  totals.failed += report?.numFailedTests ?? 0;
  totals.skipped += report?.numPendingTests ?? 0;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = broken ? 1 : 0;

/** Gives vitest's report, or undefined if the machine or vitest ended without one. */
function runTests(modules) {
  const folder = mkdtempSync(join(BUILD, 'run-'));
  try {
    const [initramfs, shared] = [join(folder, 'initramfs'), join(folder, 'shared')];
    makeInitramfs(kernel, modules, initramfs);
    mkdirSync(shared);
    writeFileSync(join(shared, 'test.sh'), testScript());
    const { error, signal } = spawnSync('setpriv', ['--pdeathsig', 'KILL', ...machine(initramfs, shared)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LIMIT_MINUTES * 60_000,
      killSignal: 'SIGKILL',
    });
    if (error !== undefined || signal !== null) console.log(`The machine was ended: ${error ?? signal}`);
    const report = join(shared, 'report.json');
    return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the first process of the machine runs: vitest, and the end of the machine after it. */
function testScript() {
  const quoted = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...paths].map(quote).join(' ');
  return `
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
export PORTOLAN_TEST_SIZE=small PORTOLAN_TEST_SLOWNESS=${SLOWNESS}
cd ${quote(process.cwd())}
ip link set lo up
${quoted} --reporter=default --reporter=json --outputFile.json=/run/shared/report.json 2>&1 | cat
busybox poweroff -f
`;
}

/** The command of a machine of one core that has this one's files, read-only, and the folder that both can write to. */
function machine(initramfs, shared) {
  const share = (path, tag, more) => [
    '-virtfs',
    `local,path=${path},mount_tag=${tag},security_model=none${more}`,
  ];
  return [
    ...['qemu-system-x86_64', '-cpu', 'max', '-m', '3G', '-no-reboot', '-nic', 'none'],
    ...['-display', 'none', '-serial', 'stdio'],
    ...['-kernel', kernelImage(kernel), '-initrd', initramfs],
    ...['-append', 'console=ttyS0 quiet panic=-1'],
    ...share('/', 'host', ',readonly=on,multidevs=remap'),
    ...share(shared, 'shared', ''),
  ];
}

function installPackages(...names) {
  const isMissing = (name) =>
    !spawnSync('dpkg', ['--status', name]).stdout?.includes('Status: install ok installed');
  const missing = names.filter(isMissing);
  if (missing.length === 0) return;
  if (process.getuid() !== 0) throw new Error(`install ${missing.join(' and ')} first`);
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], {
    stdio: 'inherit',
  });
}

/** Takes the newest of Debian's kernels 6.1 that apt knows. */
function downloadKernel(directory) {
  const search = ['search', '--names-only', '^linux-image-6[.]1[.]0-[0-9]+-amd64-unsigned$'];
  const names = execFileSync('apt-cache', search, { encoding: 'utf8' }).match(/^linux-image-\S+/gm);
  if (names === null) throw new Error('apt knows no kernel 6.1: this needs the sources of Debian 12');
  const newest = names.sort(new Intl.Collator('en', { numeric: true }).compare).at(-1);
  mkdirSync(BUILD, { recursive: true });
  execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', newest], {
    cwd: BUILD,
    stdio: 'inherit',
  });
  const [file] = readdirSync(BUILD).filter((name) => name.endsWith('.deb'));
  // Not there before it is there as a whole.
  unpackKernel(join(BUILD, file), `${directory}.part`);
  renameSync(`${directory}.part`, directory);
  rmSync(join(BUILD, file));
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
