/**
 * `npm run bench`: Portolan and its peers side by side. Prints Markdown, and leaves the figures in
 * build/bench.json. Fails where a target is missed. Names of scenarios as arguments measure only those; `monitor` is
 * the watching monitor, `owners` the one that tells whose a port is, `places` looks at many network namespaces.
 */
import { writeFileSync } from 'node:fs';
import { compile } from './compile.mjs';
import { cpuTable, latencyTable, memoryTable, monitorFailures } from './monitor/report.mjs';
import { MONITOR_SCENARIOS } from './monitor/scenarios.mjs';
import { checkMonitorTargets } from './monitor/targets.mjs';
import {
  measureInNamespace,
  measureMonitorInNamespace,
  measureOwnersInNamespace,
  measurePlacesInNamespace,
} from './namespace.mjs';
import { checkOwnersTargets, ownersFailures, ownersTable } from './owners/report.mjs';
import { checkPlacesTargets, placesTable } from './places/report.mjs';
import { commandTable, describeMachine, failures, find, table, verdicts } from './report.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { checkTargets } from './targets.mjs';

const JSON_FILE = new URL('../build/bench.json', import.meta.url);

const asked = process.argv.slice(2);
const scenarios = SCENARIOS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const monitorScenarios = asked.length === 0 || asked.includes('monitor') ? MONITOR_SCENARIOS : [];
const machine = describeMachine();

compile();
const results = {};
for (const { name, title } of scenarios) {
  process.stderr.write(`measuring: ${title}\n`);
  results[name] = await measureInNamespace(name);
}
const monitorResults = {};
for (const { name, title } of monitorScenarios) {
  process.stderr.write(`measuring a monitor: ${title}\n`);
  monitorResults[name] = await measureMonitorInNamespace(name);
}

const asksOwners = asked.length === 0 || asked.includes('owners');
if (asksOwners) process.stderr.write('measuring owners\n');
const ownersResults = asksOwners ? await measureOwnersInNamespace() : [];

const asksPlaces = asked.length === 0 || asked.includes('places');
if (asksPlaces) process.stderr.write('measuring places\n');
const placesResult = asksPlaces ? await measurePlacesInNamespace() : undefined;

const median = (scenario, contestant) => find(results, scenario, contestant)?.medianUs ?? NaN;
const lookTargets = scenarios.length > 0 ? checkTargets(median) : [];
const monitorTargets = monitorScenarios.length > 0 ? checkMonitorTargets(monitorResults) : [];
const ownersTargets = asksOwners ? checkOwnersTargets(ownersResults) : [];
const placesTargets = placesResult === undefined ? [] : checkPlacesTargets(placesResult);
const targets = [...lookTargets, ...monitorTargets, ...ownersTargets, ...placesTargets];
writeFileSync(
  JSON_FILE,
  `${JSON.stringify({ machine, results, monitorResults, ownersResults, placesResult, targets }, null, 2)}\n`,
);

const parts = [machine];
if (scenarios.length > 0) {
  parts.push(table(scenarios, results), commandTable(results), failures(results), verdicts(lookTargets));
}
if (monitorScenarios.length > 0) {
  parts.push(
    '## A monitor that watches',
    latencyTable(monitorResults),
    cpuTable(monitorResults),
    memoryTable(monitorResults),
    monitorFailures(monitorResults),
    verdicts(monitorTargets),
  );
}
if (asksOwners) {
  parts.push(
    '## Whose port it is',
    ownersTable(ownersResults),
    ownersFailures(ownersResults),
    verdicts(ownersTargets),
  );
}
if (placesResult !== undefined) {
  parts.push('## Many network namespaces', placesTable(placesResult), verdicts(placesTargets));
}
console.log(parts.filter((part) => part !== '').join('\n\n'));
process.exitCode = targets.some(({ met }) => met === false) ? 1 : 0;
