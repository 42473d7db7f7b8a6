/** True on macOS, where lsof and ps tell what the kernel tells on Linux. It is never kept, so that a test can change it. */
export function isMac(): boolean {
  return process.platform === 'darwin';
}
