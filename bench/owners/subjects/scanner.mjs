/**
 * What programs do today to tell which terminal a port is of: scanner.mjs ps-ss|ps-lsof|dial PID,PID,…
 *
 * Answers as owning-monitor.mjs does, and `cost SECONDS` with `cpuUs` of all it ran, by the kernel's account, and `ms`.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answerLines } from '../../monitor/subjects/answer-lines.mjs';

const TICK_US = 10_000;
const SCAN_MS = 2500;
const DIAL_MS = 1000;
/** From 3000 on. */
const DIALLED_PORTS = 7000;
const FIRST_PORT = 3000;
const AT_ONCE = 200;

const run = promisify(execFile);
const options = { maxBuffer: 64 * 1024 * 1024 };
const [way, pids = ''] = process.argv.slice(2);
const terminals = new Set(pids.split(',').map(Number));

const listening = {
  async 'ps-ss'() {
    const { stdout } = await run('ss', ['-lntpH'], options);
    return [...stdout.matchAll(/:(\d+)\s+\S+\s+users:\(\("[^"]*",pid=(\d+)/g)].map(([, port, pid]) => [
      port,
      pid,
    ]);
  },
  async 'ps-lsof'() {
    const { stdout } = await run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpn'], options).catch(
      (error) => error,
    );
    const found = [];
    let pid;
    for (const line of stdout.split('\n')) {
      if (line[0] === 'p') pid = line.slice(1);
      if (line[0] === 'n') found.push([line.slice(line.lastIndexOf(':') + 1), pid]);
    }
    return found;
  },
};

async function scan() {
  const [{ stdout }, sockets] = await Promise.all([
    run('ps', ['-eo', 'pid=,ppid='], options),
    listening[way](),
  ]);
  const parents = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number)),
  );
  const owned = sockets.flatMap(([port, pid]) => {
    let above = Number(pid);
    while (above > 1 && !terminals.has(above)) above = parents.get(above) ?? 0;
    return above > 1 ? [[Number(port), String(above)]] : [];
  });
  return owned;
}

/** Whose a port is it can't tell. */
async function dial() {
  const open = [];
  const next = { port: FIRST_PORT };
  const worker = async () => {
    while (next.port < FIRST_PORT + DIALLED_PORTS) {
      const port = next.port++;
      if (await answers(port)) open.push([port, '']);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return open;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Of this process and of those it waited for, in clock ticks (proc_pid_stat(5)). */
function cpuUs() {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return TICK_US * [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
}

let told = [];
let known = new Set();
async function look() {
  const found = await (way === 'dial' ? dial() : scan());
  const now = Number(process.hrtime.bigint());
  for (const [port, owner] of found) if (!known.has(port)) told.push([port, now, owner]);
  known = new Set(found.map(([port]) => port));
}

async function lookForEver(everyMs) {
  for (;;) {
    const start = performance.now();
    await look();
    await sleep(Math.max(0, everyMs - (performance.now() - start)));
  }
}

await answerLines(async (line) => {
  if (line === 'start') {
    await look();
    lookForEver(way === 'dial' ? DIAL_MS : SCAN_MS);
    return {};
  }
  if (line === 'told') {
    const answer = { told };
    told = [];
    return answer;
  }
  const start = performance.now();
  const before = cpuUs();
  await sleep(1000 * Number(line.split(' ')[1]));
  return { cpuUs: cpuUs() - before, ms: performance.now() - start };
});
