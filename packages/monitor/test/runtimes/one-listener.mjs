/**
 * Watches with each doorbell that needs no privilege while another process listens and ends. It runs in whichever runtime is
 * given it, prints what was told, and ends by itself.
 */
import { spawn } from 'node:child_process';
import { PortMonitor } from '../../dist/index.js';

const SERVER = `
import socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen()
sys.stdin.read()
`;

for (const doorbell of ['auto', 'destroy', 'clock']) {
  const monitor = new PortMonitor({ doorbell, owners: [{ name: 'this program', pid: process.pid }] });
  await monitor.start();
  const server = spawn('python3', ['-c', SERVER], { stdio: ['pipe', 'ignore', 'inherit'] });
  const seen = new Set();
  for await (const event of monitor.events()) {
    if (!event.listener?.owners.includes('this program')) continue;
    // On a busy machine its owner may be known only after it was told to open.
    seen.add(event.type === 'closed' ? 'closed' : 'opened');
    if (event.type === 'closed') break;
    server.stdin.end();
  }
  console.log(doorbell, monitor.source, ...seen);
  await monitor.stop();
}
