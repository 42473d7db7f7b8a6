import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { COMMANDS, contestants } from './contestants.mjs';

/** @import { Scenario } from './scenarios.mjs' */
/** @import { Result } from './race.mjs' */
/** @import { Target } from './targets.mjs' */

/** The machine in a line. */
export function describeMachine() {
  const [, model] = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${model ?? process.arch}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}

/**
 * A Markdown table: contestants as rows, scenarios as columns, the median of a look in each cell.
 *
 * @param {readonly Scenario[]} scenarios
 * @param {Record<string, Result[]>} results by scenario
 */
export function table(scenarios, results) {
  const lines = [
    ['median of a look', ...scenarios.map(({ title }) => title)],
    ['---', ...scenarios.map(() => '---:')],
  ];
  for (const { name, title } of contestants(false)) {
    lines.push([title, ...scenarios.map((scenario) => cell(find(results, scenario.name, name)))]);
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {Record<string, Result[]>} results by scenario */
export function commandTable(results) {
  const rows = COMMANDS.map(({ name, title }) => `| ${title} | ${cell(find(results, 'idle', name))} |`);
  return ['| median of a whole command | idle |', '| --- | ---: |', ...rows].join('\n');
}

/**
 * Those that could not be measured, each once, with the reason.
 *
 * @param {Record<string, Result[]>} results by scenario
 */
export function failures(results) {
  const lines = Object.entries(results).flatMap(([scenario, all]) =>
    all
      .filter(({ failure }) => failure !== undefined)
      .map(({ name, failure }) => `not measured: ${name}, ${scenario}: ${failure}`),
  );
  return lines.join('\n');
}

/** @param {readonly Target[]} targets */
export function verdicts(targets) {
  return targets.map(({ met, text, measured }) => `${verdict(met)}  ${text}: ${measured}`).join('\n');
}

function verdict(met) {
  if (met === undefined) return 'NOTE';
  return met ? 'PASS' : 'FAIL';
}

/** @returns {Result | undefined} */
export function find(results, scenario, contestant) {
  return results[scenario]?.find(({ name }) => name === contestant);
}

function cell(result) {
  if (result === undefined) return '–';
  if (result.medianUs === undefined) return 'failed';
  return duration(result.medianUs);
}

function duration(us) {
  if (us < 1000) return `${us.toFixed(us < 100 ? 1 : 0)} µs`;
  if (us < 1_000_000) return `${(us / 1000).toFixed(us < 100_000 ? 1 : 0)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}
