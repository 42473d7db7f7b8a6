import { expect, test } from 'vitest';
import { RunningModule } from '../../port-monitor/doorbells/run-module.js';
import { MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

const ENTER = `
const { inNetworkNamespace } = await import(DIST + 'kernel/namespaces/enter-namespace.js');
const { loadLibc } = await import(DIST + 'kernel/load-libc.js');
const { spawn } = await import('node:child_process');
const { once } = await import('node:events');
const { readlinkSync } = await import('node:fs');
const child = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; read _']);
await once(child.stdout, 'data');
const there = '/proc/' + child.pid + '/ns/net';
const where = () => readlinkSync('/proc/thread-self/ns/net');
const libc = loadLibc();
`;

test.skipIf(!MAY_MAKE_NAMESPACES)('a program that can’t go back to its namespace ends', async () => {
  const module = new RunningModule(`${ENTER}
let calls = 0;
const failing = { setns: (fd, type) => (++calls === 3 ? -1 : libc.setns(fd, type)) };
inNetworkNamespace(failing, there, () => {
  child.stdin.end();
  console.log('inside');
});
console.log('went on in the wrong one');
`);
  expect(await module.line()).toBe('inside');
  await expect(module.line()).rejects.toThrow('it ended');
  expect(await module.end()).toBe('SIGABRT');
});

test.skipIf(!MAY_MAKE_NAMESPACES)('what is thrown inside is thrown at home', async () => {
  const module = new RunningModule(`${ENTER}
const home = where();
let inside;
try {
  inNetworkNamespace(libc, there, () => {
    inside = where();
    throw new Error('thrown inside');
  });
} catch ({ message }) {
  console.log(JSON.stringify([message, where() === home, inside === readlinkSync(there)]));
}
try {
  inNetworkNamespace(libc, there, () => console.log('entered'), 1);
} catch ({ message }) {
  console.log(message.replace(/\\d+/, 'PID'));
}
child.stdin.end();
`);
  expect(JSON.parse(await module.line())).toEqual(['thrown inside', true, true]);
  expect(await module.line()).toBe('/proc/PID/ns/net is another one now');
  expect(await module.end()).toBe(0);
});
