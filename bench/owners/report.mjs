import { CONTENDERS } from './measure.mjs';

/** @import { Target } from '../targets.mjs' */
/** @import { OwnersResult } from './measure.mjs' */

const NOT_MEASURED = 'not measured';
const INTERVAL_MS = 100;
/** @param {readonly OwnersResult[]} results */
export function ownersTable(results) {
  const lines = CONTENDERS.map(({ name, title }) => {
    const { medianMs, maxMs, cpuShare } = results.find((result) => result.name === name) ?? {};
    const cells = [ms(medianMs), ms(maxMs), percent(cpuShare), secondsAnHour(cpuShare)];
    return `| ${[title, ...cells].join(' | ')} |`;
  });
  return [
    '| from listen() to the owner | median | longest | share of a core | CPU seconds an hour |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

/** @param {readonly OwnersResult[]} results */
export function ownersFailures(results) {
  return results
    .filter(({ failure }) => failure !== undefined)
    .map(({ name, failure }) => `not measured: owners, ${name}: ${failure}`)
    .join('\n');
}

/**
 * @param {readonly OwnersResult[]} results
 * @returns {Target[]}
 */
export function checkOwnersTargets(results) {
  const of = (name) => results.find((result) => result.name === name) ?? {};
  const below = (text, limit, value, unit, digits) => ({
    text,
    met: value < limit,
    measured: Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}` : NOT_MEASURED,
  });
  const cheapest = Math.min(...['ps-ss', 'ps-lsof', 'dial'].map((name) => of(name).cpuShare ?? NaN));
  const ratio = (doorbell) => cheapest / of(doorbell).cpuShare;
  const extra = of('clock').cpuShare - of('none').cpuShare;
  return [
    below('tracefs: the owner is known within 20 ms at the median', 20, of('tracefs').medianMs, 'ms', 1),
    below(
      'clock: the owner is known within the interval + 20 ms at the median',
      INTERVAL_MS + 20,
      of('clock').medianMs,
      'ms',
      1,
    ),
    below('tracefs: 50 terminals owned, idle < 0.3 % of a core', 0.3, 100 * of('tracefs').cpuShare, '%', 2),
    below('clock: 50 terminals owned, idle < 0.3 % of a core', 0.3, 100 * of('clock').cpuShare, '%', 2),
    below('50 terminals cost no more than none, + 0.05 % at most', 0.05, 100 * extra, '%', 3),
    ...['tracefs', 'clock'].map((doorbell) => ({
      text: `${doorbell}: CPU at least 100 × less than the cheapest scanner`,
      met: ratio(doorbell) >= 100,
      measured: Number.isFinite(ratio(doorbell)) ? `${ratio(doorbell).toFixed(1)} ×` : NOT_MEASURED,
    })),
  ];
}

function ms(value) {
  return value === undefined ? '–' : `${value.toFixed(1)} ms`;
}

function percent(share) {
  return share === undefined ? '–' : `${(100 * share).toFixed(2)} %`;
}

function secondsAnHour(share) {
  return share === undefined ? '–' : (3600 * share).toFixed(1);
}
