/** Packs each package as npm would publish it and has publint and are-the-types-wrong look at what is inside. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = mkdtempSync(join(tmpdir(), 'portolan-pack-'));
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
try {
  run('npm', 'pack', '--silent', '--workspaces', '--pack-destination', directory);
  for (const name of readdirSync(directory)) {
    run('npx', 'publint', 'run', join(directory, name), '--strict');
    run('npx', 'attw', join(directory, name), '--profile', 'esm-only');
  }
} finally {
  rmSync(directory, { recursive: true });
}
