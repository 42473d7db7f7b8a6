/**
 * Measures owners in the namespaces that it runs in, and prints the results as JSON. Ends, with all that it started, when its
 * standard input ends.
 */
import { execFileSync } from 'node:child_process';
import { measureOwners } from './measure.mjs';

process.stdin.on('end', () => process.exit(1)).resume();
execFileSync('ip', ['link', 'set', 'lo', 'up']);
const results = await measureOwners();
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit());
