import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The images. Each has a single program. */
export const IMAGES = ['busybox-only', 'static-only'] as const;
export type Image = (typeof IMAGES)[number];

/** The names under which busybox is in its image. A shell and `cat` are among them. */
const APPLETS = ['sh', 'cat', 'nc', 'sleep'];

const FILLERS: Record<Image, (root: string) => Promise<void>> = {
  'busybox-only': async (root) => {
    const bin = join(root, 'bin');
    await mkdir(bin, { recursive: true });
    await copyFile('/bin/busybox', join(bin, 'busybox'));
    for (const name of APPLETS) await symlink('busybox', join(bin, name));
  },
  // It has /listener of listener.c alone: no shell, no cat.
  'static-only': async (root) => {
    await mkdir(root);
    const source = join(dirname(fileURLToPath(import.meta.url)), 'listener.c');
    await run('cc', ['-static', '-Os', '-s', '-Wall', '-o', join(root, 'listener'), source]);
  },
};

/** The files of an image, as a tar archive. */
export async function imageArchive(image: Image, directory: string): Promise<Buffer> {
  const root = join(directory, image);
  await FILLERS[image](root);
  const { stdout } = await run('tar', ['c', '-C', root, '.'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
