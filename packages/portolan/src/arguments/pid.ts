import { readStat } from '@portolan/monitor';
import { UsageError } from '../usage-error.js';

/**
 * Reads the pid of a process that runs.
 *
 * @throws UsageError for what is no pid, or nobody's
 */
export function parsePid(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`'${text}' is no pid: expected a number like 812`);
  const pid = Number(text);
  if (readStat(pid) === null) throw new UsageError(`there is no process with the pid ${pid}`);
  return pid;
}
