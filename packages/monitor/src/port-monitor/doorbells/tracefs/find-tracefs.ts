import { readFile } from 'node:fs/promises';

/** Where tracefs is mounted, the usual place first; undefined where it is not. Nothing is mounted to find it. */
export async function findTracefs(): Promise<string | undefined> {
  const mounts = parseTracefsMounts(await readFile('/proc/self/mountinfo', 'latin1'));
  return mounts.includes(USUAL) ? USUAL : mounts[0];
}

const USUAL = '/sys/kernel/tracing';

/** The places where all of a tracefs is mounted, out of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function parseTracefsMounts(mountinfo: string): string[] {
  const places: string[] = [];
  for (const line of mountinfo.split('\n')) {
    // Optional fields of any number stand before the separator, the file system's type behind it.
    const [mount = '', fileSystem = ''] = line.split(' - ', 2);
    const [, , , root, place] = mount.split(' ');
    if (!fileSystem.startsWith('tracefs ') || root !== '/' || place === undefined) continue;
    places.push(unescapePath(place));
  }
  return places;
}

/** Spaces and the like are octal escapes there. */
function unescapePath(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
