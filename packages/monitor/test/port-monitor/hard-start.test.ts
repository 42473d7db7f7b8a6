import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { startProgram } from './test-program.js';

/** Says how a monitor started, or with which code it failed; `prepare` is run before, `restore` behind. */
function starting(doorbell: string, prepare = '', restore = ''): string {
  return `
    import { closeSync, openSync } from 'node:fs';
    import { listListeners, PortMonitor } from '@portolan/monitor';
    // What loads only when it is first needed takes descriptors of its own.
    await listListeners();
    ${prepare}
    const monitor = new PortMonitor({ doorbell: '${doorbell}' });
    const told = await monitor.start().then(() => 'started with ' + monitor.source, (error) => error.code);
    ${restore}
    console.log(told);
    await monitor.stop();
  `;
}

describe('a program with few descriptors left', () => {
  const FEW = ['sh', '-c', 'ulimit -n 100 && exec "$0" "$@"'];
  const fillAllBut = (count: number) => `
    const held = [];
    try {
      for (;;) held.push(openSync('/dev/null'));
    } catch {
      for (const fd of held.splice(0, ${count})) closeSync(fd);
    }
  `;

  test.each([
    ['auto', 0, 'ERR_PORTOLAN_NO_SOURCE'],
    ['auto', 1, 'started with netlink'],
    ['auto', 2, 'started with netlink'],
    ['tracefs', 0, 'ERR_PORTOLAN_NO_SOURCE'],
    ['tracefs', 1, 'ERR_PORTOLAN_DOORBELL'],
    ['tracefs', 2, 'ERR_PORTOLAN_DOORBELL'],
  ])('that starts a monitor with the doorbell %s and %i of them lives: %s', async (doorbell, count, told) => {
    const source = starting(doorbell, fillAllBut(count), 'held.forEach((fd) => closeSync(fd));');
    await using program = startProgram(source, { before: FEW });
    expect(await program.line()).toBe(told);
    expect(await program.exit).toEqual([0, null]);
  });
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('a program that is shown nothing of /proc', () => {
  let empty: string;

  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'portolan-'));
  });
  afterAll(() => rmdirSync(empty));

  test.each([
    ['auto', 'started with netlink'],
    ['destroy', 'started with netlink'],
    ['tracefs', 'ERR_PORTOLAN_DOORBELL'],
  ])('that starts a monitor with the doorbell %s: %s', async (doorbell, told) => {
    const cover = `mount --bind '${empty}' /proc && exec "$0" "$@"`;
    await using program = startProgram(starting(doorbell), {
      before: ['unshare', '--mount', 'sh', '-c', cover],
    });
    expect(await program.line()).toBe(told);
    expect(await program.exit).toEqual([0, null]);
  });
});
