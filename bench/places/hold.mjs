import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Has network namespaces made.
 *
 * @param {string} program build/bench-namespaces
 * @param {number} count
 * @returns {Promise<() => Promise<void>>} what ends them
 */
export async function holdNamespaces(program, count) {
  const child = spawn(program, ['hold', String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [ready] = await Promise.race([once(child.stdout, 'data'), ended]);
  if (String(ready) !== 'ready\n') throw new Error('the namespaces could not be made');
  return async () => {
    child.stdin.end();
    await ended;
  };
}
