/**
 * A process that holds a socket. What may not be read of it, or vanished meanwhile, is null.
 *
 * Names, paths and arguments are whatever the process chose: they may hold control characters and escape
 * sequences. Bytes that are not UTF-8 appear as U+FFFD.
 */
export interface Process {
  readonly pid: number;
  /** Its pid as it sees itself: the one in the innermost of its pid namespaces, such as a container's (NSpid, proc_pid_status(5)). */
  readonly namespacePid: number | null;
  readonly parentPid: number | null;
  /** The kernel's name for it (`comm`), 15 bytes at most. */
  readonly name: string;
  /**
   * Its arguments, 4 KiB of them at most; the last one ends with `…` where they were cut. On macOS one text with spaces
   * between them, as ps(1) prints it.
   */
  readonly commandLine: readonly string[] | null;
  /** Null on macOS, as are the working directory and the container. */
  readonly executable: string | null;
  /** The effective user. */
  readonly uid: number | null;
  /** The name of that user in /etc/passwd, or wherever macOS keeps its users. */
  readonly user: string | null;
  readonly startedAt: Date | null;
  /**
   * When it started, in clock ticks since boot (on macOS in hundredths of a second since 1970, to the second): with the
   * pid this tells it from a later process of that pid.
   */
  readonly startTicks: number | null;
  readonly workingDirectory: string | null;
  /** The id of the container it runs in, from its cgroup. */
  readonly container: string | null;
  /** The systemd unit it runs in, from its cgroup. */
  readonly unit: string | null;
  /** Its path in the cgroup v2 hierarchy. */
  readonly cgroup: string | null;
  /** Where a container engine's proxy hands connections on to; null for any other process. */
  readonly leadsTo: ContainerPort | null;
}

/** What a source that goes by processes tells of one itself; a source elsewhere tells all that it can. */
export type SeenProcess = Pick<Process, 'pid' | 'parentPid' | 'name' | 'uid' | 'user'> & Partial<Process>;

/** A port of a container, as far as its proxy says. */
export interface ContainerPort {
  readonly address: string | null;
  readonly port: number | null;
}
