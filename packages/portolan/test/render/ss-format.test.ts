import { expect, it } from 'vitest';
import { renderSsFormat } from '../../src/render/ss-format.js';
import { listener } from '../listeners.js';

it('prints what ss 6.1 prints for the same sockets, blanks included', () => {
  const udp = { backlogLimit: null };
  const tcp = { backlogLimit: 128 };
  const listeners = [
    listener({ port: 22, address: '0.0.0.0', sockets: [tcp] }),
    listener({ port: 53, protocol: 'udp', address: '127.0.0.53', sockets: [{ ...udp, interface: 'lo' }] }),
    listener({ port: 80, family: 6, address: '::', sockets: [{ ...tcp, v6Only: false }] }),
    listener({ port: 323, protocol: 'udp', family: 6, address: '::1', sockets: [{ ...udp, v6Only: true }] }),
    listener({ port: 443, family: 6, address: '::', sockets: [{ ...tcp, v6Only: true }] }),
    listener({
      port: 547,
      protocol: 'udp',
      family: 6,
      address: 'fe80::80ff:fe00:1',
      sockets: [{ ...udp, interface: 'eth0', v6Only: true }],
    }),
    listener({ port: 3000, sockets: [{}, { backlog: 1 }] }),
    listener({ port: 5353, protocol: 'udp', family: 6, address: '::', sockets: [{ ...udp, v6Only: null }] }),
    listener({
      port: 8005,
      family: 6,
      address: '::ffff:127.0.0.1',
      sockets: [{ backlogLimit: 1, v6Only: false }],
    }),
    listener({ port: 65535, family: 6, address: 'fd00::1', sockets: [{ ...tcp, v6Only: true }] }),
  ];
  expect(renderSsFormat(listeners)).toBe(
    `Netid State  Recv-Q Send-Q            Local Address:Port  Peer Address:PortProcess
udp   UNCONN 0      0                 127.0.0.53%lo:53         0.0.0.0:*          
udp   UNCONN 0      0                         [::1]:323           [::]:*          
udp   UNCONN 0      0      [fe80::80ff:fe00:1]%eth0:547           [::]:*          
udp   UNCONN 0      0                             *:5353             *:*          
tcp   LISTEN 0      128                     0.0.0.0:22         0.0.0.0:*          
tcp   LISTEN 0      128                           *:80               *:*          
tcp   LISTEN 0      128                        [::]:443           [::]:*          
tcp   LISTEN 0      511                   127.0.0.1:3000       0.0.0.0:*          
tcp   LISTEN 1      511                   127.0.0.1:3000       0.0.0.0:*          
tcp   LISTEN 0      1            [::ffff:127.0.0.1]:8005             *:*          
tcp   LISTEN 0      128                   [fd00::1]:65535         [::]:*          
`,
  );
});

it('has narrow columns where all is short', () => {
  const udp = listener({ protocol: 'udp', port: 68, sockets: [{ backlogLimit: null }] });
  expect(renderSsFormat([udp]).split('\n')[0]).toBe(
    'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess',
  );
});

it('prints as many sockets of one endpoint as there are', () => {
  const sockets = Array.from({ length: 200_000 }, () => ({}));
  expect(renderSsFormat([listener({ sockets })]).split('\n')).toHaveLength(200_002);
});
