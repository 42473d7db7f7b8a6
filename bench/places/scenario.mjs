/**
 * Measures looks at many places in the namespaces that it runs in, and prints the results as JSON. Ends, with all that it
 * started, when its standard input ends.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { measurePlaces } from './measure.mjs';

process.stdin.on('end', () => process.exit(1)).resume();
mkdirSync('/run/netns', { recursive: true });
execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns']);
// Through tracefs the listeners of the whole machine would ring for the own namespace, which is not what is measured here.
spawnSync('umount', ['/sys/kernel/tracing'], { stdio: 'ignore' });
const result = await measurePlaces();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
