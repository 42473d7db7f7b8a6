/**
 * The effective uid in /proc/PID/status (proc_pid_status(5)): the second number of `Uid:` (real, effective, saved,
 * filesystem). The kernel escapes newlines in the process's name, so no name can forge the line.
 */
export function parseEffectiveUid(bytes: Buffer): number | null {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(bytes.toString('latin1'))?.[1];
  return uid === undefined ? null : Number(uid);
}

/** How often the process has given up its CPU by itself: `voluntary_ctxt_switches:` in /proc/PID/status. */
export function parseSwitches(bytes: Buffer): number | null {
  const switches = /^voluntary_ctxt_switches:\t(\d+)$/m.exec(bytes.toString('latin1'))?.[1];
  return switches === undefined ? null : Number(switches);
}

/** The pid in the innermost pid namespace: the last number of `NSpid:` in /proc/PID/status. Null before Linux 4.1. */
export function parseNamespacePid(bytes: Buffer): number | null {
  const pid = /^NSpid:(?:\t\d+)*\t(\d+)$/m.exec(bytes.toString('latin1'))?.[1];
  return pid === undefined ? null : Number(pid);
}
