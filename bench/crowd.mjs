import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CONNECTIONS = fileURLToPath(new URL('../build/bench-connections', import.meta.url));

/**
 * Fills the network namespace that this process runs in.
 *
 * @param {{ connections: number, listeners: number, ipv6?: boolean }} scenario
 * @returns {Promise<{ sockets: number, leave: () => Promise<void> }>} how many sockets listen, and what ends it
 */
export async function fill({ connections, listeners, ipv6 = false }) {
  const crowd = spawn(CONNECTIONS, [String(connections), String(listeners), ...(ipv6 ? ['ipv6'] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(crowd, 'close');
  const { value: ready } = await createInterface({ input: crowd.stdout })[Symbol.asyncIterator]().next();
  if (!ready?.startsWith('ready ')) throw new Error('the namespace could not be filled');
  return {
    sockets: Number(ready.split(' ')[1]),
    leave: async () => {
      crowd.stdin.end();
      await gone;
    },
  };
}
