import { readProcLink, readWholeProcFile } from './read-proc-file.js';
import { programDirectory } from './read-process.js';

/**
 * All arguments and variables that execve(2) takes are no longer than that (bprm_stack_limits(), fs/exec.c). A process may point
 * to gigabytes as its environment later (PR_SET_MM_MAP, prctl(2)).
 */
const ENVIRONMENT_LIMIT = 6 * 1024 * 1024;

/**
 * Reads a variable of the environment that a process was started with (proc_pid_environ(5)). Of several entries the first
 * counts, as with getenv(3).
 *
 * @returns null if the variable was not set; undefined if that can't be told, as of a process that has ended
 */
export function environmentValue(pid: number, name: string): string | null | undefined {
  const environment = readEnvironment(pid);
  if (environment === undefined) return undefined;
  const start = valueStart(environment, name);
  if (start < 0) return null;
  const end = environment.indexOf(0, start);
  return environment.toString('utf8', start, end < 0 ? environment.length : end);
}

/** As much of the environment as execve(2) lets a process have. */
function readEnvironment(pid: number): Buffer | undefined {
  const program = programDirectory(pid);
  const environment = readWholeProcFile(`${program}/environ`, ENVIRONMENT_LIMIT);
  // A process that has ended shows an empty one until its parent has asked for its status.
  const isOver = environment?.length === 0 && readProcLink(`${program}/exe`) === null;
  return environment === null || isOver ? undefined : environment;
}

/** Each entry is `NAME=VALUE` and ends with a NUL. */
function valueStart(environment: Buffer, name: string): number {
  const entry = Buffer.from(`${name}=`);
  if (environment.subarray(0, entry.length).equals(entry)) return entry.length;
  const found = environment.indexOf(Buffer.concat([Buffer.of(0), entry]));
  return found < 0 ? -1 : found + 1 + entry.length;
}
