/**
 * Measures one scenario in the network namespace that it runs in, which must be a new one: scenario.mjs NAME
 *
 * Prints the results as JSON. Ends, with all that it started, when its standard input ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMMANDS, contestants } from './contestants.mjs';
import { race } from './race.mjs';
import { SCENARIOS } from './scenarios.mjs';

const CONNECTIONS = fileURLToPath(new URL('../build/bench-connections', import.meta.url));
const COMMAND_RUNS = 25;

const scenario = SCENARIOS.find(({ name }) => name === process.argv[2]);
if (scenario === undefined) throw new Error(`no such scenario: ${process.argv[2]}`);
process.stdin.on('end', () => process.exit(1)).resume();

const crowd = spawn(
  CONNECTIONS,
  [String(scenario.connections), String(scenario.listeners), ...(scenario.ipv6 ? ['ipv6'] : [])],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const gone = once(crowd, 'close');
const { value: ready } = await createInterface({ input: crowd.stdout })[Symbol.asyncIterator]().next();
if (!ready?.startsWith('ready ')) throw new Error('the namespace could not be filled');
const sockets = Number(ready.split(' ')[1]);

const entries = contestants(scenario.ipv6).filter(({ name }) => scenario.only?.includes(name) ?? true);
const results = await race(entries, sockets);
if (scenario.commands) results.push(...(await race(COMMANDS, sockets, COMMAND_RUNS)));

crowd.stdin.end();
await gone;
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit());
