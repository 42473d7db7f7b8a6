/**
 * A process that holds a socket. A property is null if it may not be read, or vanished while the process was read.
 *
 * The process chooses its name, paths and arguments: they may hold control characters and escape sequences.
 * Bytes that are not UTF-8 appear as U+FFFD.
 */
export interface Process {
  readonly pid: number;
  /** The pid in the innermost of its pid namespaces, such as a container's (NSpid, proc_pid_status(5)). */
  readonly namespacePid: number | null;
  readonly parentPid: number | null;
  /** The kernel's name for it (`comm`), 15 bytes at most. */
  readonly name: string;
  /**
   * The arguments, 4 KiB of them at most; if they are longer, the last one ends with `…`. On macOS all arguments are one
   * text with spaces between them, as ps(1) prints it.
   */
  readonly commandLine: readonly string[] | null;
  /** The path of the program. Null on macOS, like the working directory and the container. */
  readonly executable: string | null;
  /** The effective user's id. */
  readonly uid: number | null;
  /** The effective user's name, from /etc/passwd; on macOS from lsof(8). */
  readonly user: string | null;
  readonly startedAt: Date | null;
  /**
   * When it started, in clock ticks since boot. On macOS in hundredths of a second since 1970, to the second. Pid and start
   * together tell a process from a later one with the same pid.
   */
  readonly startTicks: number | null;
  readonly workingDirectory: string | null;
  /** The id of the container that it runs in, from its cgroup. */
  readonly container: string | null;
  /** The systemd unit that it runs in, from its cgroup. */
  readonly unit: string | null;
  /** The path of its cgroup in the cgroup v2 hierarchy. */
  readonly cgroup: string | null;
  /** The port that a container engine's proxy hands connections on to; null for any other process. */
  readonly leadsTo: ContainerPort | null;
  /** The names of its own owners, nearest first, apart from who else holds its sockets. */
  readonly owners: readonly string[];
}

/** The owners of a process as it is read. */
export const NO_OWNERS: readonly string[] = [];

/** What a source told of a process. lsof tells these five properties, a source elsewhere tells all that it can read. */
export type SeenProcess = Pick<Process, 'pid' | 'parentPid' | 'name' | 'uid' | 'user'> & Partial<Process>;

/** A port of a container; null if the proxy's command line does not name it. */
export interface ContainerPort {
  readonly address: string | null;
  readonly port: number | null;
}
