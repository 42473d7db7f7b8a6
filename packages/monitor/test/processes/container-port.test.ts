import { expect, it } from 'vitest';
import { containerPort } from '../../src/processes/container-port.js';

const proxy = (commandLine: string) =>
  containerPort({ name: 'docker-proxy', executable: null, commandLine: commandLine.split(' ') });

it('reads where a proxy of Docker leads to', () => {
  const line =
    '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80';
  expect(proxy(line)).toEqual({ address: '172.17.0.2', port: 80 });
  expect(proxy('docker-proxy --container-ip=fd00::2 --container-port=80')).toEqual({
    address: 'fd00::2',
    port: 80,
  });
});

it('knows a proxy that does not say where it leads to', () => {
  const nothing = { address: null, port: null };
  const rootless = { name: 'rootlessport', executable: null, commandLine: ['rootlessport'] };
  expect(containerPort(rootless)).toEqual(nothing);
  expect(proxy('docker-proxy -container-ip')).toEqual(nothing);
});

it('knows a proxy by its executable when it has another name', () => {
  const renamed = { name: 'exe', executable: '/usr/bin/docker-proxy', commandLine: null };
  expect(containerPort(renamed)).not.toBeNull();
});

it('takes no other process for a proxy', () => {
  const commandLine = ['node', 'docker-proxy', '-container-ip', '1.2.3.4'];
  expect(containerPort({ name: 'node', executable: '/usr/bin/node', commandLine })).toBeNull();
});
