/**
 * The effective uid in /proc/PID/status (proc_pid_status(5)): the second of `Uid:`, real, effective, saved,
 * filesystem. The kernel escapes newlines in the name above it, so that no name can forge the line.
 */
export function parseEffectiveUid(bytes: Buffer): number | null {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(bytes.toString('latin1'))?.[1];
  return uid === undefined ? null : Number(uid);
}

/** The last number of `NSpid:` in the same: the pid in the innermost pid namespace. Kernels before 4.1 do not tell. */
export function parseNamespacePid(bytes: Buffer): number | null {
  const pid = /^NSpid:(?:\t\d+)*\t(\d+)$/m.exec(bytes.toString('latin1'))?.[1];
  return pid === undefined ? null : Number(pid);
}
