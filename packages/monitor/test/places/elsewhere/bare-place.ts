import { accessSync, constants, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The shells that a place may have, and where to find each as Debian installs it. */
export const SHELLS = [
  { shell: 'dash', program: 'dash' },
  { shell: 'bash', program: 'bash' },
  { shell: 'ash of busybox', program: 'busybox' },
  { shell: 'mksh', program: 'mksh' },
] as const;

/** Where a program is; undefined where it is not installed. scripts/install-test-needs.sh brings those of {@link SHELLS}. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/bin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** A place with few programs: a folder that is all of its PATH. */
export class BarePlace implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'portolan-bare-'));

  /** @param programs what is there, by the names that it has there */
  constructor(programs: Readonly<Record<string, string>>) {
    for (const [name, target] of Object.entries(programs)) {
      const path = programPath(target);
      if (path === undefined) throw new Error(`${target} is not installed`);
      symlinkSync(path, join(this.path, name));
    }
  }

  /** The command that runs its arguments there. */
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
