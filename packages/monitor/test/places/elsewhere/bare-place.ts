import { accessSync, constants, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The shells that a place may have, each with the program that is it in Debian. */
export const SHELLS = [
  { shell: 'dash', program: 'dash' },
  { shell: 'bash', program: 'bash' },
  { shell: 'ash of busybox', program: 'busybox' },
  { shell: 'mksh', program: 'mksh' },
] as const;

/** The path of a program; undefined if it is not installed. scripts/install-test-needs.sh installs those of {@link SHELLS}. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/bin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** A place with few programs: its PATH is a folder with links to them. */
export class BarePlace implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'portolan-bare-'));

  /** @param programs the installed program behind each name, by the name that it has in the place */
  constructor(programs: Readonly<Record<string, string>>) {
    for (const [name, target] of Object.entries(programs)) {
      const path = programPath(target);
      if (path === undefined) throw new Error(`${target} is not installed`);
      symlinkSync(path, join(this.path, name));
    }
  }

  /** The command that runs its arguments in the place. */
  get command(): string[] {
    return ['env', '-i', `PATH=${this.path}`];
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
