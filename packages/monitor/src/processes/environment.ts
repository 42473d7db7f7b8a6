import { readFileSync } from 'node:fs';

/**
 * What a variable was set to in the environment that a process was started with (proc_pid_environ(5)); undefined where it
 * was not there, or may not be read. Of several entries the first counts, as with getenv(3).
 */
export function environmentValue(pid: number, name: string): string | undefined {
  let environment: Buffer;
  try {
    environment = readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
  const start = valueStart(environment, name);
  if (start < 0) return undefined;
  const end = environment.indexOf(0, start);
  return environment.toString('utf8', start, end < 0 ? environment.length : end);
}

/** Entries stand one behind the other, each ended by a NUL. */
function valueStart(environment: Buffer, name: string): number {
  const entry = Buffer.from(`${name}=`);
  if (environment.subarray(0, entry.length).equals(entry)) return entry.length;
  const found = environment.indexOf(Buffer.concat([Buffer.of(0), entry]));
  return found < 0 ? -1 : found + 1 + entry.length;
}
