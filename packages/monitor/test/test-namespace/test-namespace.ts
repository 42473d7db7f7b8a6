import { execFileSync } from 'node:child_process';
import { enterNewNetworkNamespace } from './native-socket.js';

/** Whether this process may make a network namespace. If not, tests that need one are skipped. */
export const MAY_MAKE_NAMESPACES = process.getuid?.() === 0;

/** The addresses of {@link enterTestNamespace}, besides the wildcards. */
export const TEST_ADDRESSES = {
  ipv4: ['127.0.0.1', '127.0.0.53', '192.0.2.7'],
  ipv6: ['::1', '2001:db8:8000::ff', 'fd00::1'],
  linkLocal: 'fe80::80ff:fe00:1',
  mapped: '::ffff:127.0.0.1',
  device: 'eth0',
} as const;

/**
 * Puts this test process into a new network namespace, in which nothing listens, and adds {@link TEST_ADDRESSES}. The
 * namespace ends with the process. Each test file has its own process, so no two files share a namespace.
 */
export function enterTestNamespace(): void {
  enterNewNetworkNamespace();
  const { ipv4, ipv6, linkLocal, device } = TEST_ADDRESSES;
  const lines = [
    'link set lo up',
    `link add ${device} type veth peer name ${device}-far`,
    `link set ${device} addrgenmode none`,
    `link set ${device}-far up`,
    `link set ${device} up`,
    `addr add ${linkLocal}/64 dev ${device} nodad`,
    `addr add ${ipv4[2]}/32 dev lo`,
    ...ipv6.slice(1).map((address) => `addr add ${address}/128 dev lo nodad`),
  ];
  execFileSync('ip', ['-batch', '-'], { input: lines.join('\n') });
}
