import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';

const SCRIPT = fileURLToPath(new URL('reused-pid.mjs', import.meta.url));
const MAY_CHOOSE_PIDS = MAY_MAKE_NAMESPACES && existsSync('/proc/sys/kernel/ns_last_pid');

test.skipIf(!MAY_CHOOSE_PIDS)('who gets the pid of an owner’s process does not get its owner', () => {
  const place = ['--pid', '--fork', '--kill-child', '--mount-proc', '--net'];
  const up = 'ip link set lo up && exec "$0" "$1"';
  const told = JSON.parse(
    execFileSync('unshare', [...place, 'sh', '-c', up, process.execPath, SCRIPT], { encoding: 'utf8' }),
  );
  const { pid } = told;
  expect(told).toEqual({
    pid,
    first: [{ port: 8001, owners: ['mine'], pid }],
    second: [{ port: 8002, owners: [], pid }],
  });
});
