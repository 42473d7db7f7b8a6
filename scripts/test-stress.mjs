/**
 * Runs test files again and again beside a program that takes every core, forks, listens and makes network namespaces. What
 * fails there depends on who is first, or on what else runs.
 *
 *     node scripts/test-stress.mjs [--times N] [FILE...]
 *
 * Without files it takes all of them. What measures time (`alone` in vitest.config.ts) may fail there for that alone. It ends
 * with a table of what failed, how often and with what words.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';

const REPORT = 'build/tests-stress.json';
const LONGEST_RUN_SECONDS = 3600;

const { values, positionals: files } = parseArgs({
  options: { times: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const times = Number(values.times);
if (!Number.isInteger(times) || times < 1) throw new Error(`--times is a whole number, not ${values.times}`);

mkdirSync('build', { recursive: true });
let passed = 0;
let failed = 0;
const failures = new Map();
for (let time = 1; time <= times; time++) {
  console.log(`\nTime ${time} of ${times}`);
  await runTests();
}
showFailures();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runTests() {
  rmSync(REPORT, { force: true });
  // It ends with this process, whatever ends that.
  const neighbour = spawn('python3', ['scripts/busy-neighbour.py', `${LONGEST_RUN_SECONDS}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', '--reporter=json'];
  const tests = spawn(process.execPath, [...args, `--outputFile.json=${REPORT}`, ...files], {
    stdio: 'inherit',
  });
  const status = await ended(tests);
  if (neighbour.exitCode !== null)
    throw new Error('The program beside which the tests run has ended too early.');
  neighbour.kill();
  await ended(neighbour);
  if (!existsSync(REPORT)) return noteFailure('the test runner', `ended with ${status} and no report`);
  const failedBefore = failed;
  addReport(JSON.parse(readFileSync(REPORT, 'utf8')));
  if (status !== 0 && failed === failedBefore) noteFailure('the test runner', `ended with ${status}`);
}

/** How a program ended: its exit status, or the signal. */
async function ended(program) {
  return await new Promise((resolve, reject) => {
    program.on('error', reject);
    program.on('exit', (status, signal) => resolve(status ?? signal));
  });
}

function addReport({ numPassedTests, testResults }) {
  passed += numPassedTests;
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(process.cwd(), name);
    const failedTests = assertionResults.filter((test) => test.status === 'failed');
    for (const { fullName, failureMessages } of failedTests)
      noteFailure(`${file}: ${fullName}`, failureMessages[0] ?? '');
    // A file whose hooks fail, or that can't be loaded.
    if (status === 'failed' && failedTests.length === 0) noteFailure(file, message);
  }
}

function noteFailure(test, message) {
  failed += 1;
  const { count = 0, words = new Set() } = failures.get(test) ?? {};
  words.add(message.split('\n')[0]);
  failures.set(test, { count: count + 1, words });
}

function showFailures() {
  if (failures.size === 0) return;
  console.log(`\nFailed, of ${times} times:`);
  for (const [test, { count, words }] of [...failures].sort(([, a], [, b]) => b.count - a.count)) {
    console.log(`${String(count).padStart(4)}  ${test}`);
    for (const line of words) console.log(`      ${line}`);
  }
}
