import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCENARIO = fileURLToPath(new URL('scenario.mjs', import.meta.url));
const OWNERS_SCENARIO = fileURLToPath(new URL('owners/scenario.mjs', import.meta.url));
const PLACES_SCENARIO = fileURLToPath(new URL('places/scenario.mjs', import.meta.url));
const MONITOR_SCENARIO = fileURLToPath(new URL('monitor/scenario.mjs', import.meta.url));

/** Where tracefs can't be mounted, what needs it will say so. */
const WITH_TRACEFS =
  'mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing; exec "$0" "$@"';

/**
 * Measures a scenario in a network namespace of its own, which is gone with the last process in it.
 *
 * @param {string} name
 * @returns {Promise<import('./race.mjs').Result[]>}
 */
export function measureInNamespace(name) {
  return measure(name, ['--net', process.execPath, SCENARIO, name]);
}

/**
 * Measures a monitor in a scenario, with tracefs mounted where nobody else sees it.
 *
 * @param {string} name
 * @returns {Promise<import('./monitor/scenarios.mjs').MonitorResult>}
 */
export function measureMonitorInNamespace(name) {
  const command = [process.execPath, MONITOR_SCENARIO, name];
  return measure(name, ['--net', '--mount', 'sh', '-c', WITH_TRACEFS, ...command]);
}

/**
 * Measures whose ports they are, in the same way.
 *
 * @returns {Promise<import('./owners/measure.mjs').OwnersResult[]>}
 */
export function measureOwnersInNamespace() {
  return measure('owners', ['--net', '--mount', 'sh', '-c', WITH_TRACEFS, process.execPath, OWNERS_SCENARIO]);
}

/**
 * Measures looks at many network namespaces, among no processes but its own.
 *
 * @returns {Promise<import('./places/measure.mjs').PlacesResult>}
 */
export function measurePlacesInNamespace() {
  const apart = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return measure('places', [...apart, process.execPath, PLACES_SCENARIO]);
}

async function measure(name, command) {
  const child = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (status !== 0)
    throw new Error(`scenario ${name} exited with ${status}; it needs root, for \`unshare --net\``);
  return JSON.parse(output);
}
