/** Two workers that share the first of the ports it is given, and open one of their own each. */
import cluster from 'node:cluster';
import { createServer } from 'node:http';

const [shared, ...own] = process.argv.slice(2).map(Number);
if (cluster.isPrimary) {
  let listening = 0;
  cluster.on('message', () => {
    listening++;
    if (listening === own.length) console.log('all listen');
  });
  for (const port of own) cluster.fork({ OWN_PORT: port });
} else {
  const port = Number(process.env.OWN_PORT);
  createServer().listen(shared, '127.0.0.1', () => {
    createServer().listen({ port, host: '127.0.0.1', exclusive: true }, () => process.send('listening'));
  });
}
