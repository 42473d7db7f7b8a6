import { findCost } from './report.mjs';

/** @import { Target } from '../targets.mjs' */
/** @import { MonitorResult } from './scenarios.mjs' */

const NOT_MEASURED = 'not measured';
const INTERVAL_MS = 100;
/** Within what memory is flat, chosen before the first run. A pointer kept for each of 900,000 events would be 7 MiB. */
const FLAT_MIB = 2;

/**
 * @param {Record<string, MonitorResult>} results by scenario
 * @returns {Target[]}
 */
export function checkMonitorTargets(results) {
  const { latency = [], memory } = results.idle ?? {};
  const below = (text, limit, value, unit, digits = 1) => ({
    text,
    met: value < limit,
    measured: Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}` : NOT_MEASURED,
  });
  const p99 = (doorbell) => latency.find(({ name }) => name === doorbell)?.opened?.p99Ms ?? NaN;
  const share = (scenario, doorbell) => {
    const { cpuUs, ms } = findCost(results, scenario, doorbell) ?? {};
    return cpuUs / ms / 10;
  };
  /** The C program that looks as often. */
  const REFERENCES = { clock: 'reference', auto: 'reference-slow' };
  const overReference = (doorbell) => share('listeners', doorbell) / share('listeners', REFERENCES[doorbell]);
  const extraMib = (memory?.watchKib - memory?.nodeKib) / 1024;
  const grownMib = memory?.grownKib / 1024;

  return [
    below('tracefs: listen() to event, 99 % < 5 ms', 5, p99('tracefs'), 'ms'),
    below('clock: listen() to event, 99 % < the interval + 5 ms', INTERVAL_MS + 5, p99('clock'), 'ms'),
    ...['clock', 'auto'].flatMap((doorbell) => [
      ...['idle', '100k'].map((scenario) =>
        below(
          `${doorbell}: an idle monitor < 0.3 % of a core, ${scenario}`,
          0.3,
          share(scenario, doorbell),
          '%',
          2,
        ),
      ),
      below(
        `${doorbell}: an idle monitor ≤ 1.5 × the C dumps at its rate, 1,000 listeners`,
        1.5,
        overReference(doorbell),
        '×',
        2,
      ),
    ]),
    below('portolan watch ≤ an empty Node + 30 MB', 30, extraMib * 1.048576, 'MB'),
    below(`memory flat from 100,000 to 1,000,000 events, < ${FLAT_MIB} MiB`, FLAT_MIB, grownMib, 'MiB', 2),
  ];
}
