/**
 * Runs the checks, all tests on this Node and, in a smaller size, on the newest one, and a monitor in Bun and Deno. Fails if a
 * test fails or is skipped, and ends with the sums of what the runners reported.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { testOtherRuntimes } from './other-runtimes.mjs';

const NEWEST_NODE = 26;
const BUILD = 'build';

mkdirSync(BUILD, { recursive: true });
const newest = installNode(NEWEST_NODE);
execFileSync('npm', ['run', 'check'], { stdio: 'inherit' });
const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = false;
for (const node of [process.execPath, newest]) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const report = `${BUILD}/tests-${version}.json`;
  rmSync(report, { force: true });
  console.log(`\nTests on Node ${version}`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'];
  // What is promised in thousands is proven on one; see packages/monitor/test/test-size.ts.
  const env = { ...process.env, ...(node === newest && { PORTOLAN_TEST_SIZE: 'small' }) };
  const { status } = spawnSync(node, [...args, `--outputFile.json=${report}`], { stdio: 'inherit', env });
  if (status !== 0 || !existsSync(report)) broken = true;
  if (existsSync(report)) add(JSON.parse(readFileSync(report, 'utf8')));
}
const others = testOtherRuntimes(install);
totals.passed += others.passed;
totals.failed += others.failed;
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = broken || totals.failed > 0 || totals.skipped > 0 || totals.passed === 0 ? 1 : 0;

function add({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) {
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  totals.skipped += numPendingTests + numTodoTests;
}

/** The binary of that major version, from the npm package that holds nothing else. */
function installNode(major) {
  return `${install(`node-${major}`, `node-linux-${process.arch}`, `@${major}`)}/bin/node`;
}

/** Installs a package of npm in a folder of the build, and returns where it lies. */
function install(folder, name, version = '') {
  const prefix = `${process.cwd()}/${BUILD}/${folder}`;
  execFileSync(
    'npm',
    ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', prefix, `${name}${version}`],
    {
      stdio: 'inherit',
    },
  );
  return `${prefix}/node_modules/${name}`;
}
