/**
 * What the measured ratios must be.
 *
 * @typedef {object} Target
 * @property {string} text
 * @property {boolean} [met] not given where the ratio is only told; false where it could not be measured
 * @property {string} measured
 */

const NOT_MEASURED = 'not measured';

/** @typedef {(scenario: string, contestant: string) => number} MedianUs NaN where it was not measured */

/**
 * @param {MedianUs} median
 * @returns {Target[]}
 */
export function checkTargets(median) {
  const over = (scenario, name, base) => median(scenario, name) / median(scenario, base);
  const atMost = (text, limit, ratio) => ({ text, met: ratio <= limit, measured: times(ratio, 2) });
  const faster = (text, limit, scenario, peer, name) => {
    const ratio = over(scenario, peer, name);
    const changed = over(scenario, peer, `${name}-changed`);
    const measured = `${times(ratio, 1)} (every answer changed: ${times(changed, 1)})`;
    return { text, met: ratio >= limit, measured };
  };
  const extraMs = (median('idle', 'command') - median('idle', 'node')) / 1000;

  return [
    ...['idle', '10k', '100k'].flatMap((scenario) => [
      atMost(`netlink ≤ 1.5 × the C program, ${scenario}`, 1.5, over(scenario, 'netlink', 'reference')),
      atMost(
        `netlink ≤ 1.5 × the C program, ${scenario}, every answer changed`,
        1.5,
        over(scenario, 'netlink-changed', 'reference'),
      ),
    ]),
    atMost('netlink ≤ 3 × the C program, 1,000 listeners', 3, over('listeners', 'netlink', 'reference')),
    atMost(
      'netlink ≤ 3 × the C program, 1,000 listeners, every answer changed',
      3,
      over('listeners', 'netlink-changed', 'reference'),
    ),
    faster('netlink ≥ 40 × faster than spawning ss, idle', 40, 'idle', 'ss', 'netlink'),
    faster('netlink ≥ 500 × faster than spawning ss, 100k', 500, '100k', 'ss', 'netlink'),
    atMost('netlink flat, 100k ≤ 1.5 × idle', 1.5, median('100k', 'netlink') / median('idle', 'netlink')),
    faster('proc ≥ 100 × faster than whole files, 100k, no IPv6', 100, '100k', 'whole-files', 'proc'),
    faster('proc ≥ 8 × faster than whole files, 100k, IPv6 too', 8, '100k-ipv6', 'whole-files', 'proc'),
    faster('proc ≥ 2 × faster than whole files, idle', 2, 'idle', 'whole-files', 'proc'),
    {
      // With an IPv6 listener both hashes must be walked once, and reading whole walks each twice: 2 is the limit.
      text: 'proc against whole files, idle, IPv6 too',
      measured: times(over('idle-ipv6', 'whole-files', 'proc'), 1),
    },
    {
      text: 'portolan list --no-processes ≤ node -e 0 + 40 ms',
      met: extraMs <= 40,
      measured: Number.isNaN(extraMs) ? NOT_MEASURED : `+${extraMs.toFixed(1)} ms`,
    },
  ];
}

function times(ratio, digits) {
  return Number.isNaN(ratio) ? NOT_MEASURED : `${ratio.toFixed(digits)} ×`;
}
