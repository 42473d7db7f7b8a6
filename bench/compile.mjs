import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

/** Compiles the C programs of this folder into build/. */
export function compile() {
  mkdirSync(BUILD, { recursive: true });
  for (const name of ['reference', 'connections', 'openings']) {
    const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
    execFileSync('cc', ['-O2', '-Wall', '-o', `${BUILD}bench-${name}`, source], { stdio: 'inherit' });
  }
}
