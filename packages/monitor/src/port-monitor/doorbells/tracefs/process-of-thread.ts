import { readProcFile } from '../../../processes/read-proc-file.js';

const STATUS_LIMIT = 4096;

/** The process of a thread (`Tgid` in /proc/TID/status, proc_pid_status(5)); undefined where the thread has ended. */
export function processOfThread(thread: number): number | undefined {
  const status = readProcFile(`/proc/${thread}/status`, STATUS_LIMIT);
  const pid = status === null ? undefined : /^Tgid:\t(\d+)$/m.exec(status.toString('latin1'))?.[1];
  return pid === undefined ? undefined : Number(pid);
}
