import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));

const SOURCES = ['reference', 'connections', 'openings', 'places/namespaces'];

/** Compiles the C programs of this folder into build/. */
export function compile() {
  mkdirSync(BUILD, { recursive: true });
  for (const name of SOURCES) {
    const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
    const program = `${BUILD}bench-${basename(name)}`;
    execFileSync('cc', ['-O2', '-Wall', '-o', program, source], { stdio: 'inherit' });
  }
}
