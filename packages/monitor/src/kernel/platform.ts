/** Whether this is macOS, where lsof and ps tell what the kernel tells on Linux. Asked at each call, never kept. */
export function isMac(): boolean {
  return process.platform === 'darwin';
}
