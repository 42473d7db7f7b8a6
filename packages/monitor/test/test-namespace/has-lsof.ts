import { spawnSync } from 'node:child_process';

/** Whether lsof is installed; tests that need it are skipped otherwise. scripts/install-test-needs.sh brings it. */
export const HAS_LSOF = spawnSync('lsof', ['-v']).error === undefined;
