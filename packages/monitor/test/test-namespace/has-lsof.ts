import { spawnSync } from 'node:child_process';

/** Whether lsof is installed (scripts/install-test-needs.sh does it). If not, tests that need it are skipped. */
export const HAS_LSOF = spawnSync('lsof', ['-v']).error === undefined;
