/** A process that may hold a socket which is searched for. */
export interface LikelyHolder {
  readonly pid: number;
  /** The thread that had the socket: it may have a file table of its own (`unshare(CLONE_FILES)`). */
  readonly thread?: number;
  /** The descriptor under which it had it. */
  readonly descriptor?: number | null;
}
