/**
 * The effective uid in /proc/PID/status (proc_pid_status(5)): the second of `Uid:`, real, effective, saved,
 * filesystem. The kernel escapes newlines in the name above it, so that no name can forge the line.
 */
export function parseEffectiveUid(bytes: Buffer): number | null {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(bytes.toString('latin1'))?.[1];
  return uid === undefined ? null : Number(uid);
}
