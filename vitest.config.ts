import { defineConfig } from 'vitest/config';
import { SkippedTestsReporter } from './scripts/skipped-tests-reporter.js';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    reporters: ['default', new SkippedTestsReporter()],
  },
});
