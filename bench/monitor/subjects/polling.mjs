/** What is done without a monitor: looks every second, and compares. polling.mjs ss|systeminformation */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { networkConnections } from 'systeminformation';
import { ToldTimes } from './told-times.mjs';

const INTERVAL_MS = 1000;

const run = promisify(execFile);
const LOOKS = {
  async ss() {
    const { stdout } = await run('ss', ['-lntuH']);
    return [...stdout.matchAll(/:(\d+)\s+\S+\s*$/gm)].map(([, port]) => Number(port));
  },
  async systeminformation() {
    const connections = await networkConnections();
    return connections.filter(({ state }) => state === 'LISTEN').map(({ localPort }) => Number(localPort));
  },
};

const look = LOOKS[process.argv[2]];
const told = new ToldTimes();
let known = new Set();

async function lookAndTell() {
  const seen = new Set(await look());
  for (const port of seen) if (!known.has(port)) told.opened(port);
  for (const port of known) if (!seen.has(port)) told.closed(port);
  known = seen;
}

await told.answer(async () => {
  await lookAndTell();
  setInterval(lookAndTell, INTERVAL_MS);
});
