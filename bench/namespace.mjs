import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCENARIO = fileURLToPath(new URL('scenario.mjs', import.meta.url));

/**
 * Measures a scenario in a network namespace of its own, which is gone with the last process in it.
 *
 * @param {string} name
 * @returns {Promise<import('./race.mjs').Result[]>}
 */
export async function measureInNamespace(name) {
  const child = spawn('unshare', ['--net', process.execPath, SCENARIO, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (status !== 0)
    throw new Error(`scenario ${name} exited with ${status}; it needs root, for \`unshare --net\``);
  return JSON.parse(output);
}
