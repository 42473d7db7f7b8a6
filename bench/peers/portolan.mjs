/**
 * A source of Portolan: portolan.mjs SOURCE [changed] [processes] [ipv6]
 *
 * While nothing changes, a source knows its last answer again and makes nothing of it. With `changed`, listeners
 * open or close before each look, so that every answer is a new one.
 */
import { ListenerReader } from '../../packages/monitor/dist/index.js';
import { answer } from './answer.mjs';
import { Toggle } from './toggle.mjs';

const [source, ...options] = process.argv.slice(2);
const reader = new ListenerReader({ sources: [source], processes: options.includes('processes') });

let last;
async function look() {
  last = await reader.look();
}

if (options.includes('changed')) {
  const toggle = new Toggle(options.includes('ipv6') ? ['127.0.0.1', '::1'] : ['127.0.0.1']);
  let before;
  await answer(
    async () => {
      await look();
      if (last.listeners === before) throw new Error('the answer has not changed');
      before = last.listeners;
    },
    { before: () => toggle.change(), after: () => toggle.close() },
  );
} else {
  await answer(async () => {
    await look();
    return last.listeners.reduce((sum, { sockets }) => sum + sockets.length, 0);
  });
}
