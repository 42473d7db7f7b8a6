import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkippedTestsReporter } from './scripts/skipped-tests-reporter.js';

/** As many files at a time as there are cores, and CI has two: with more, what is waited for comes late. */
const AT_A_TIME = Math.min(2, availableParallelism());

/**
 * What never comes is waited for in vain for so long; what comes late on a busy machine is no failure. A slower machine says by
 * which factor it is (`PORTOLAN_TEST_SLOWNESS`).
 */
const LIMIT_MS = 300_000 * Number(process.env.PORTOLAN_TEST_SLOWNESS ?? 1);

/** These measure how long something takes or what it costs, or count what the kernel tells of the whole machine. */
const ALONE = [
  'packages/monitor/test/port-monitor/doorbells/**/*.test.ts',
  'packages/monitor/test/port-monitor/fidelity/*.test.ts',
  'packages/monitor/test/port-monitor/filters.test.ts',
  'packages/monitor/test/port-monitor/interrupted-program.test.ts',
  'packages/monitor/test/port-monitor/records/refresh-records.test.ts',
  'packages/monitor/test/places/attach-processes.test.ts',
  'packages/monitor/test/processes/holders/find-holders.test.ts',
  'packages/portolan/test/commands/run/real-servers.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS / 2 } },
    reporters: ['default', new SkippedTestsReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'beside others',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: AT_A_TIME,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
