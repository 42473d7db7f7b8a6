import { IDLERS } from './cpu.mjs';
import { WATCHERS } from './latency.mjs';
import { MONITOR_SCENARIOS } from './scenarios.mjs';

/** @import { Delays } from './latency.mjs' */
/** @import { MonitorResult } from './scenarios.mjs' */

/**
 * How soon it was told.
 *
 * @param {Record<string, MonitorResult>} results by scenario
 */
export function latencyTable({ idle }) {
  const rows = WATCHERS.map(({ name, title }) => {
    const { opened, closed } = idle?.latency?.find((latency) => latency.name === name) ?? {};
    return [title, ...delayCells(opened), ...delayCells(closed)];
  });
  return table([
    ['from listen() or close() to the event', 'opened, median', '99 %', 'closed, median', '99 %'],
    ['---', '---:', '---:', '---:', '---:'],
    ...rows,
  ]);
}

/** @param {Record<string, MonitorResult>} results by scenario */
export function cpuTable(results) {
  const rows = IDLERS.map(({ name, title }) => [
    title,
    ...MONITOR_SCENARIOS.map((scenario) => costCell(findCost(results, scenario.name, name))),
  ]);
  return table([
    ['share of a core', ...MONITOR_SCENARIOS.map(({ title }) => title)],
    ['---', ...MONITOR_SCENARIOS.map(() => '---:')],
    ...rows,
  ]);
}

/** @param {Record<string, MonitorResult>} results by scenario */
export function memoryTable({ idle }) {
  const { nodeKib, watchKib, eventful, grownKib } = idle?.memory ?? {};
  return table([
    ['resident memory', 'MiB'],
    ['---', '---:'],
    ['an empty Node', mib(nodeKib)],
    ['`portolan watch`', mib(watchKib)],
    ['a monitor after 100,000 events', mib(eventful?.[0][0].rssKib)],
    ['more of it after 1,000,000 events', mib(grownKib)],
  ]);
}

/**
 * Those that could not be measured, each once, with the reason.
 *
 * @param {Record<string, MonitorResult>} results by scenario
 */
export function monitorFailures(results) {
  return Object.entries(results)
    .flatMap(([scenario, { cpu, latency = [], memory }]) => [
      ...[...cpu, ...latency].map(({ name, failure }) => [`${name}, ${scenario}`, failure]),
      ['events', memory?.failure],
    ])
    .filter(([, failure]) => failure !== undefined)
    .map(([what, failure]) => `not measured: ${what}: ${failure}`)
    .join('\n');
}

/** @returns {import('./cpu.mjs').Cost | undefined} */
export function findCost(results, scenario, name) {
  return results[scenario]?.cpu.find((cost) => cost.name === name && cost.failure === undefined);
}

/** @param {Delays} [delays] */
function delayCells(delays) {
  return delays === undefined
    ? ['–', '–']
    : [`${delays.medianMs.toFixed(1)} ms`, `${delays.p99Ms.toFixed(1)} ms`];
}

function costCell(cost) {
  if (cost === undefined) return '–';
  return `${(cost.cpuUs / cost.ms / 10).toFixed(2)} %`;
}

function mib(kib) {
  return kib === undefined ? '–' : (kib / 1024).toFixed(1);
}

function table(lines) {
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
