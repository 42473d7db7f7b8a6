import { readFileSync } from 'node:fs';
import { readProcLink } from './read-proc-file.js';

/** The inode of the machine's first pid namespace, PROC_PID_INIT_INO (include/linux/proc_ns.h). */
const PROC_PID_INIT_INO = 0xeffffffc;

/**
 * Whether every process of the machine is in this /proc: not from inside a container, whose pid namespace has
 * only its own, nor where it is mounted to hide the processes of others (`hidepid`, proc(5)).
 */
export function seesEveryProcess(): boolean {
  try {
    if (!isInitialPidNamespace()) return false;
    return process.geteuid?.() === 0 || !hidesProcesses(readFileSync('/proc/self/mountinfo', 'latin1'));
  } catch {
    return false;
  }
}

/**
 * Whether this process is in the machine's first pid namespace, so that its pids are the kernel's; false where /proc does not
 * tell.
 */
export function isInitialPidNamespace(): boolean {
  return readProcLink('/proc/self/ns/pid') === `pid:[${PROC_PID_INIT_INO}]`;
}

/** Whether /proc is mounted with `hidepid`, from /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function hidesProcesses(mountinfo: string): boolean {
  let hides = false;
  for (const line of mountinfo.split('\n')) {
    const [mount, filesystem] = line.split(' - ');
    if (mount?.split(' ')[4] !== '/proc') continue;
    // Of several mounts over each other the last one is seen.
    hides = /(?:^|[ ,])hidepid=(?!0|off)/.test(filesystem ?? '');
  }
  return hides;
}
