import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const AS_MAC = new URL('as-mac.mjs', import.meta.url).href;

/** Makes a program believe that it runs on macOS: stand-ins for programs come first in its PATH, and a module is preloaded. */
export class MacMachine implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'portolan-mac-'));
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    // An ordinary user must find the programs too.
    chmodSync(this.#directory, 0o755);
    this.env = {
      ...process.env,
      PATH: `${this.#directory}${delimiter}${process.env.PATH}`,
      NODE_OPTIONS: `--import ${AS_MAC}`,
    };
  }

  /** Adds a shell script of this name. In the script, `$here` is its folder. */
  install(name: string, script: string): void {
    const text = `#!/bin/sh\nhere='${this.#directory}'\n${script}\n`;
    writeFileSync(join(this.#directory, name), text, { mode: 0o755 });
  }

  write(name: string, content: string | Buffer): void {
    writeFileSync(join(this.#directory, name), content);
  }

  /** Runs a module. In the module, DIST is the URL of the built library. */
  run(source: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    const dist = new URL('../../dist/', import.meta.url).href;
    const module = `const DIST = ${JSON.stringify(dist)};\n${source}`;
    return spawnSync(process.execPath, ['--input-type=module', '--eval', module], {
      env: this.env,
      encoding: 'utf8',
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** A stand-in for lsof that prints a file. */
export const RECORDED_LSOF = 'cat "$here/lsof.txt"';

/** A stand-in for ps that prints the rows of a file for the pids it is asked for. Its status is 1 if there are none. */
export const RECORDED_PS = `
[ "$LC_ALL $TZ" = 'C UTC' ] || exit 9
for pids; do :; done
case "$*" in *ucomm=*) last=ucomm ;; *) last=command ;; esac
exec awk -v pids="$pids" '
  BEGIN { split(pids, list, ","); for (i in list) wanted[list[i]] = 1 }
  ($1 in wanted) { found = 1; print }
  END { exit !found }' "$here/ps-$last.txt"`;

/** A stand-in for lsof that changes the output of this machine's lsof to that of macOS: no inodes, no queue lengths. */
export const TRANSLATED_LSOF = String.raw`
PATH=$(echo "$PATH" | sed "s,$here:,,")
lsof "$@" | sed 's/\x00d\([0-9][0-9]*\)\x00/\x00d0x\1\x00/g; s/\x00TQR=[0-9]*\x00/\x00TQR=0\x00/g'`;
