/** A process that is known to have opened a socket. */
export interface Opener {
  readonly pid: number;
  /** The thread that did so: it may have open files of its own (`unshare(CLONE_FILES)`). */
  readonly thread?: number;
  /** The descriptor under which it had the socket. */
  readonly descriptor?: number | null;
}
