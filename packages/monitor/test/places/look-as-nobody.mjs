// Run as another user: prints who holds the socket whose inode is its argument, and who holds a socket that it opens itself.
import { fstatSync } from 'node:fs';
import { createServer } from 'node:net';
import { attachProcesses } from '../../dist/places/attach-processes.js';

const server = createServer().listen(0, '127.0.0.1', async () => {
  const listeners = [Number(process.argv[2]), fstatSync(server._handle.fd).ino].map((inode) => ({
    sockets: [{ inode, uid: 0, pids: null }],
  }));
  const found = await attachProcesses(listeners);
  console.log(
    JSON.stringify(found.map(({ sockets, processes }) => ({ holder: sockets[0].holder, processes }))),
  );
});
