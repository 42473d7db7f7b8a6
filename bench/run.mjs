/**
 * `npm run bench`: Portolan and its peers side by side. Prints Markdown, and leaves the figures in
 * build/bench.json. Fails where a target is missed. Names of scenarios as arguments measure only those.
 */
import { writeFileSync } from 'node:fs';
import { compile } from './compile.mjs';
import { measureInNamespace } from './namespace.mjs';
import { commandTable, describeMachine, failures, find, table, verdicts } from './report.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { checkTargets } from './targets.mjs';

const JSON_FILE = new URL('../build/bench.json', import.meta.url);

const asked = process.argv.slice(2);
const scenarios = SCENARIOS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const machine = describeMachine();

compile();
const results = {};
for (const { name, title } of scenarios) {
  process.stderr.write(`measuring: ${title}\n`);
  results[name] = await measureInNamespace(name);
}
const targets = checkTargets((scenario, contestant) => find(results, scenario, contestant)?.medianUs ?? NaN);
writeFileSync(JSON_FILE, `${JSON.stringify({ machine, results, targets }, null, 2)}\n`);

const parts = [
  machine,
  table(scenarios, results),
  commandTable(results),
  failures(results),
  verdicts(targets),
];
console.log(parts.filter((part) => part !== '').join('\n\n'));
process.exitCode = targets.some(({ met }) => met === false) ? 1 : 0;
