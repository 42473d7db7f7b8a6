import type { Reporter, TestModule } from 'vitest/node';

/**
 * Says at the end which tests were skipped and why. There are three reasons: without root no test may make a network
 * namespace, become another user, or mount tracefs; some run in programs that may not be installed; and the kernel may be built
 * without sock_diag.
 */
export class SkippedTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules
      .map((module) => ({
        file: module.relativeModuleId,
        count: [...module.children.allTests('skipped')].length,
      }))
      .filter(({ count }) => count > 0);
    if (skipped.length === 0) return;
    const total = skipped.reduce((sum, { count }) => sum + count, 0);
    console.log(
      `\n${total} tests were skipped, which need root, sock_diag, or what scripts/install-test-needs.sh installs:`,
    );
    for (const { file, count } of skipped) console.log(`  ${file}: ${count}`);
  }
}
