import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Both packages as a user has them: packed, and installed into an empty folder that everybody may read. */
export interface InstalledPackages extends Disposable {
  readonly directory: string;
  /** The command's script, for `node`. */
  readonly command: string;
  /** What each archive holds, by the package's name. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export function installPackages(): InstalledPackages {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-installed-'));
  chmodSync(directory, 0o755);
  const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8' });
  const pack = ['pack', '--workspaces', '--json', '--ignore-scripts', '--pack-destination', directory];
  const reports = JSON.parse(npm(pack, process.cwd())) as PackReport[] | Record<string, PackReport>;
  const archives = readdirSync(directory).map((name) => `./${name}`);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
  npm(['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', ...archives], directory);
  return {
    directory,
    command: join(directory, 'node_modules/portolan/dist/bin.js'),
    files: new Map(Object.values(reports).map(({ name, files }) => [name, files.map(({ path }) => path)])),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}
