import { expect, test } from 'vitest';
import {
  isInitialPidNamespace,
  isInitialUserNamespace,
} from '../../src/kernel/namespaces/initial-namespaces.js';
import { RunningModule } from '../port-monitor/doorbells/run-module.js';

const MAY_BE_TOLD = process.getuid?.() === 0 && isInitialPidNamespace() && isInitialUserNamespace();

/** Forks from two shells, of which one is followed; says which of them was told to have forked. */
const MODULE = `
const { spawn } = await import('node:child_process');
const { once } = await import('node:events');
const { ForkFeed } = await import(DIST + 'owners/fork-feed.js');
const shells = [1, 2].map(() => spawn('sh', ['-c', 'while read line; do /bin/true; echo; done'], { stdio: ['pipe', 'pipe', 'inherit'] }));
const told = new Set();
const feed = new ForkFeed({ parents: [], onFork: ({ parent }) => told.add(parent), onCaughtUp() {}, onLoss() {} });
feed.tellOf([1, 2, 3, shells[1].pid]);
for (const shell of shells) {
  const answered = once(shell.stdout, 'data');
  shell.stdin.write('fork\\n');
  await answered;
}
feed.drain();
console.log(JSON.stringify([...told].map((pid) => shells.findIndex((shell) => shell.pid === pid))));
for (const shell of shells) shell.kill();
await feed.close();
`;

test.skipIf(!MAY_BE_TOLD)(
  'of the forks of a machine, only those of the processes that were named are told',
  async () => {
    const module = new RunningModule(MODULE);
    try {
      expect(JSON.parse(await module.line())).toEqual([1]);
    } finally {
      await module.kill();
    }
  },
);
