import { readFileSync } from 'node:fs';

/**
 * Reads a variable of the environment that a process was started with (proc_pid_environ(5)). Of several entries the first
 * counts, as with getenv(3).
 *
 * @returns undefined if the variable was not set, or may not be read
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

/** Each entry is `NAME=VALUE` and ends with a NUL. */
function valueStart(environment: Buffer, name: string): number {
  const entry = Buffer.from(`${name}=`);
  if (environment.subarray(0, entry.length).equals(entry)) return entry.length;
  const found = environment.indexOf(Buffer.concat([Buffer.of(0), entry]));
  return found < 0 ? -1 : found + 1 + entry.length;
}
