import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { listListeners } from '../../../src/index.js';
import { openSocket } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('in a network namespace of its own', () => {
  beforeAll(enterTestNamespace);

  test('the port of a VXLAN device is the kernel’s, and no process’s', async () => {
    execFileSync('ip', ['link', 'add', 'vxlan0', 'type', 'vxlan', 'id', '1', 'dstport', '4789']);
    execFileSync('ip', ['link', 'set', 'vxlan0', 'up']);
    using _own = openSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 80, backlog: 1 });
    const { listeners } = await listListeners();
    expect(listeners.find(({ port }) => port === 80)).toMatchObject({
      processes: [{ pid: process.pid }],
      sockets: [{ holder: 'process' }],
    });
    const vxlan = listeners.filter(({ port }) => port === 4789);
    expect(vxlan.length).toBeGreaterThan(0);
    for (const listener of vxlan) {
      expect(listener).toMatchObject({ protocol: 'udp', processes: [], sockets: [{ holder: 'kernel' }] });
    }
  });
});
