/**
 * Measures a monitor in the namespaces that it runs in, which must be new ones: scenario.mjs NAME
 *
 * Prints the results as JSON. Ends, with all that it started, when its standard input ends.
 */
import { fill } from '../crowd.mjs';
import { measureCpu } from './cpu.mjs';
import { measureLatencies } from './latency.mjs';
import { measureMemory } from './memory.mjs';
import { MONITOR_SCENARIOS } from './scenarios.mjs';

const scenario = MONITOR_SCENARIOS.find(({ name }) => name === process.argv[2]);
if (scenario === undefined) throw new Error(`no such scenario: ${process.argv[2]}`);
process.stdin.on('end', () => process.exit(1)).resume();

const { leave } = await fill(scenario);
const result = { cpu: await measureCpu() };
if (scenario.all) {
  result.latency = await measureLatencies();
  result.memory = await measureMemory();
}
await leave();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
