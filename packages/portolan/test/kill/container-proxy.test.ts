import { expect, it } from 'vitest';
import { containerProxyOf } from '../../src/kill/container-proxy.js';
import { processOf } from '../listeners.js';

const proxy = (commandLine: string) =>
  containerProxyOf(processOf({ name: 'docker-proxy', commandLine: commandLine.split(' ') }));

it('reads where a proxy of Docker leads to', () => {
  const line =
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80';
  expect(proxy(line)).toEqual({ target: '172.17.0.2:80' });
  expect(proxy('docker-proxy --container-ip=fd00::2 --container-port=80')).toEqual({
    target: '[fd00::2]:80',
  });
});

it('knows a proxy that does not say where it leads to', () => {
  const rootless = processOf({ name: 'rootlessport', commandLine: ['rootlessport'] });
  expect(containerProxyOf(rootless)).toEqual({ target: undefined });
  expect(proxy('docker-proxy -container-ip')).toEqual({ target: undefined });
});

it('knows a proxy by its executable when it has another name', () => {
  expect(containerProxyOf(processOf({ name: 'exe', executable: '/usr/bin/docker-proxy' }))).toBeDefined();
});

it('takes no other process for a proxy', () => {
  const server = processOf({ commandLine: ['node', 'docker-proxy', '-container-ip', '1.2.3.4'] });
  expect(containerProxyOf(server)).toBeUndefined();
});
