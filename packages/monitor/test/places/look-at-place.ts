import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LOOK = fileURLToPath(new URL('look-at-place.mjs', import.meta.url));
const AS_MAC = new URL('../mac/as-mac.mjs', import.meta.url).href;

/** Looks at a place as an ordinary user; returns what `look-at-place.mjs` prints. */
export function lookAsNobody(place: string): string {
  return run(['setpriv', '--reuid=65534', '--clear-groups', process.execPath, LOOK, place]);
}

/** Looks at a place; returns the same. A look that hangs ends after ten seconds, with nothing. */
export function lookAtPlace(place: string): string {
  return run(['timeout', '10', process.execPath, LOOK, place]);
}

/** Looks at a place from a program that believes it is on macOS and ends if it touches what only Linux has. */
export function lookFromMac(place: string): string {
  return run([process.execPath, '--import', AS_MAC, LOOK, place]);
}

/**
 * Looks from a user namespace of its own at the network namespace of a process that a script has started there last. Who is
 * there may enter that one, and may not come back.
 *
 * @param script of sh, with a folder of its own as TMPDIR
 */
export function lookFromUserNamespace(script: string): string {
  const look = `export TMPDIR=$(mktemp -d)\n${script}\n"$0" "$1" pid:$!; kill $!; rm -r "$TMPDIR"`;
  return run(['unshare', '--user', '--map-root-user', 'sh', '-c', look, process.execPath, LOOK]);
}

function run([command = '', ...args]: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
