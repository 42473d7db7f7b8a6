/**
 * Measures one scenario in the network namespace that it runs in, which must be a new one: scenario.mjs NAME
 *
 * Prints the results as JSON. Ends, with all that it started, when its standard input ends.
 */
import { COMMANDS, contestants } from './contestants.mjs';
import { fill } from './crowd.mjs';
import { race } from './race.mjs';
import { SCENARIOS } from './scenarios.mjs';

const COMMAND_RUNS = 25;

const scenario = SCENARIOS.find(({ name }) => name === process.argv[2]);
if (scenario === undefined) throw new Error(`no such scenario: ${process.argv[2]}`);
process.stdin.on('end', () => process.exit(1)).resume();

const { sockets, leave } = await fill(scenario);
const entries = contestants(scenario.ipv6).filter(({ name }) => scenario.only?.includes(name) ?? true);
const results = await race(entries, sockets);
if (scenario.commands) results.push(...(await race(COMMANDS, sockets, COMMAND_RUNS)));

await leave();
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit());
