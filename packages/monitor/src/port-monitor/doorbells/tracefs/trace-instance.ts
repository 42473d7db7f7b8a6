import { closeSync, constants, openSync, readdirSync, readlinkSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { cpus, constants as system } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../../kernel/calls.js';
import { atExit } from '../../../poll-thread/at-exit.js';
import { instanceName, isGone, parseInstanceName, thisOwner } from './instance-owner.js';

/**
 * The buffers of all CPUs together, and the most that one has: the records of some 4,000 listeners that come and go, however
 * late they are read. Each CPU writes into a buffer of its own, and a machine may have hundreds.
 */
const BUFFERS_KB = 8192;
const BUFFER_LIMIT_KB = 1024;

/**
 * What the text of trace_pipe depends on (Documentation/trace/ftrace.rst, trace_options): a new instance inherits what
 * somebody may have set for the whole machine. Not every kernel has all of them.
 */
const OPTIONS: Readonly<Record<string, boolean>> = {
  'record-tgid': true,
  'context-info': true,
  'irq-info': true,
  'latency-format': false,
  bin: false,
  fields: false,
  hex: false,
  raw: false,
  stacktrace: false,
  userstacktrace: false,
};

/**
 * IPPROTO_TCP, to TCP_LISTEN or from there to TCP_CLOSE. The socket of each connection is made as a copy of its listener's
 * and goes from TCP_LISTEN to TCP_SYN_RECV (inet_csk_clone_lock()): with those, connections would flood the buffer.
 */
const STATE_FILTER = 'protocol == 6 && (newstate == 10 || (oldstate == 10 && newstate == 7))';
const STATE_EVENT = 'sock/inet_sock_set_state';

/** Not there without CONFIG_FTRACE_SYSCALLS. */
const SYSCALL_EVENTS: Readonly<Record<string, string>> = {
  'syscalls/sys_exit_bind': 'ret == 0',
  // Of both outcomes: see TraceRecords.
  'syscalls/sys_exit_listen': 'ret <= 0',
  // Behind that one: of what is seen to begin, the end is to be seen.
  'syscalls/sys_enter_listen': '0',
};

const READ_LENGTH = 64 * 1024;
/** What one drain takes at most, at the 4 to 8 KiB that the kernel gives at once: the records of some 400 listeners. */
const READS_A_DRAIN = 64;

/** What is under way when the process exits, such as a write that changes the clock, may take the kernel some 60 ms. */
const EXIT_TRIES = 200;
const EXIT_TRY_MS = 1;

/** A private instance of the kernel's tracer (`instances/` of tracefs) that records listeners that open and close. */
export class TraceInstance {
  readonly #path: string;
  readonly #libc: Libc;
  /** trace_pipe, non-blocking: becomes readable with each record. */
  readonly fd: number;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_LENGTH);

  private constructor(libc: Libc, path: string, fd: number) {
    this.#libc = libc;
    this.#path = path;
    this.fd = fd;
  }

  /**
   * Makes one, and removes those that others left behind. Should the process exit meanwhile, nothing is left of it.
   *
   * @throws the file system's error for what was refused
   */
  static async create(libc: Libc, tracefs: string): Promise<TraceInstance> {
    const path = `${tracefs}/instances/${instanceName(thisOwner())}`;
    let fd = -1;
    const forgetExit = atExit(() => removeNow(path, fd));
    try {
      await mkdir(path);
      // While this is open the instance can't be removed, by another monitor neither (EBUSY).
      fd = openSync(`${path}/trace_pipe`, constants.O_RDONLY | constants.O_NONBLOCK);
      await configure(path);
      // Not before: who may make none may remove none.
      await removeAbandonedInstances(tracefs);
      return new TraceInstance(libc, path, fd);
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      // It may be what could not be made.
      await rmdir(path).catch(() => undefined);
      throw error;
    } finally {
      forgetExit();
    }
  }

  /**
   * Hands over the text that is there now, in pieces. In a flood there would be no end to it.
   *
   * @param take tells whether more may be wanted
   * @returns false if more is there than was taken
   */
  drain(take: (text: string) => boolean): boolean {
    for (let i = 0; i < READS_A_DRAIN; i++) {
      const length = this.#read();
      if (length === 0 || !take(this.#buffer.toString('latin1', 0, length))) return true;
    }
    return false;
  }

  /** Nobody may be waiting for {@link fd} any more. */
  async remove(): Promise<void> {
    closeSync(this.fd);
    const forgetExit = atExit(() => removeNow(this.#path));
    try {
      // The kernel removes an instance several times faster when nothing is enabled in it.
      await writeFile(`${this.#path}/events/enable`, '0');
      await rmdir(this.#path);
    } catch {
      // Somebody removed it, has a look into it, or unmounted tracefs. What is left, a later start removes.
    } finally {
      forgetExit();
    }
  }

  /** Removes it while the process exits, if the thread that waits for it lets go of it soon. */
  removeAtExit(): void {
    removeNow(this.#path, this.fd);
  }

  /** Not by node:fs, for which it is an exception that nothing is there: at each look that would cost more than to read. */
  #read(): number {
    const length = this.#libc.read(this.fd, this.#buffer);
    if (length >= 0) return length;
    if (length === -system.errno.EAGAIN || length === -system.errno.EINTR) return 0;
    throw new Error(`trace_pipe: ${getSystemErrorName(length)}`);
  }
}

/**
 * Whatever is under way. That is waited for, and its descriptors are closed, which the event loop does no more.
 *
 * @param fd its trace_pipe; negative when it is not known whether the instance was made yet, undefined when that is closed
 */
function removeNow(path: string, fd?: number): void {
  if (fd !== undefined && fd >= 0) closeSync(fd);
  const mayCome = fd !== undefined && fd < 0;
  for (let i = 0; i < EXIT_TRIES; i++) {
    closeAllIn(path);
    silence(path);
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && !mayCome) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXIT_TRY_MS);
    }
  }
}

/** Closes the descriptors of this process that are files of that directory. */
function closeAllIn(path: string): void {
  try {
    for (const fd of readdirSync('/proc/self/fd'))
      if (linkOf(fd).startsWith(`${path}/`)) closeSync(Number(fd));
  } catch {
    // No descriptor is left to list the others with, or nothing of /proc is shown.
  }
}

/** Empty for the descriptor that listed the others, which is closed by now. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function silence(path: string): void {
  try {
    writeFileSync(`${path}/events/enable`, '0');
  } catch {
    // It is not made yet, or somebody has unmounted it.
  }
}

/** Removes the instances of monitors that ended without doing so, as far as that can be told and done. */
async function removeAbandonedInstances(tracefs: string): Promise<void> {
  const self = thisOwner();
  if (self === undefined) return;
  // What can't be listed now, a later start removes.
  for (const name of await readdir(`${tracefs}/instances`).catch(() => [])) {
    const owner = parseInstanceName(name);
    if (owner === undefined || !isGone(owner, self)) continue;
    // Another monitor that starts may be faster, and one that is in use can't be removed.
    await rmdir(`${tracefs}/instances/${name}`).catch(() => undefined);
  }
}

/** Of the buffer of each CPU, in KiB. */
function bufferSizeKb(cpuCount: number): number {
  return Math.min(BUFFER_LIMIT_KB, Math.floor(BUFFERS_KB / Math.max(1, cpuCount)));
}

async function configure(path: string): Promise<void> {
  await writeFile(`${path}/buffer_size_kb`, String(bufferSizeKb(cpus().length)));
  await writeFile(`${path}/trace_clock`, 'mono');
  for (const [option, isOn] of Object.entries(OPTIONS)) {
    await writeIfThere(`${path}/options/${option}`, isOn ? '1' : '0');
  }
  for (const [event, filter] of Object.entries(SYSCALL_EVENTS)) {
    if (await writeIfThere(`${path}/events/${event}/filter`, filter)) {
      await writeFile(`${path}/events/${event}/enable`, '1');
    }
  }
  await writeFile(`${path}/events/${STATE_EVENT}/filter`, STATE_FILTER);
  await writeFile(`${path}/events/${STATE_EVENT}/enable`, '1');
}

/** False where this kernel has no such file. */
async function writeIfThere(path: string, value: string): Promise<boolean> {
  try {
    // Without O_CREAT: tracefs answers it with EACCES where the file is not there.
    await writeFile(path, value, { flag: 'r+' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
