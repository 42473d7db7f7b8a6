import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../src/index.js';
import { startNamespaces, tcp } from '../../places/namespaces.js';
import { MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { scaled } from '../../test-size.js';

const SCRIPT = fileURLToPath(new URL('read-many.mjs', import.meta.url));
const STEPS =
  'ip link set lo up; mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing; exec "$0" "$@"';

describe.skipIf(!MAY_MAKE_NAMESPACES).each(['clock', 'tracefs'])(
  'with the %s, a reader of events',
  (doorbell) => {
    test.each([3_000, scaled(50_000)])(
      'loses none of %i listeners that open and close at once',
      async (listeners) => {
        const asked = JSON.stringify({ doorbell, listeners });
        const { stdout } = await promisify(execFile)('unshare', [
          ...['--net', '--mount', 'sh', '-c', STEPS, process.execPath, SCRIPT, asked],
        ]);
        expect(JSON.parse(stdout)).toEqual({
          opened: listeners,
          closed: listeners,
          missed: 0,
          outOfOrder: 0,
        });
      },
      180_000,
    );
  },
);

describe.skipIf(!MAY_MAKE_NAMESPACES)('a reader of events', () => {
  test('loses nothing of a place that comes and goes with all that is open there', async () => {
    await using namespaces = await startNamespaces();
    const name = `portolan-many-${process.pid}`;
    const sockets = Array.from({ length: 2_000 }, (_, i) => tcp(10_000 + i));
    await namespaces.makeOne(name, []);
    await using monitor = new PortMonitor({ in: `netns:${name}`, processes: false });
    await monitor.start();
    const events = monitor.events();
    const types: string[] = [];
    const readUntil = async (state: string) => {
      for (;;) {
        const { value, done } = await events.next();
        if (done) return;
        types.push(value.type === 'place' ? value.state : value.type);
        if (types.at(-1) === state) return;
      }
    };
    await namespaces.end(name);
    await readUntil('gone');
    await namespaces.makeOne(name, sockets);
    await readUntil('appeared');
    await monitor.refresh();
    await namespaces.end(name);
    await readUntil('gone');
    const told = (type: string) => Array.from({ length: sockets.length }, () => type);
    expect(types).toEqual(['gone', 'appeared', ...told('opened'), ...told('closed'), 'gone']);
  });
});
