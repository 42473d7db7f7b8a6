import { randomBytes } from 'node:crypto';
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { parseStat } from '../../../processes/parse-stat.js';
import { readProcFile } from '../../../processes/read-proc-file.js';

const STAT_LIMIT = 4096;

/**
 * The thread that made a trace instance, as the instance's name tells it. A worker thread may end long before its process,
 * without a chance to remove anything (`worker.terminate()`).
 */
export interface InstanceOwner {
  /** The inode of its pid namespace: a number says nothing to those in another one. */
  readonly pidNamespace: number;
  /** Its number, gettid(2): that of its process where it is the main thread. */
  readonly thread: number;
  /** When it was started, in clock ticks since boot: numbers are used again. */
  readonly startTicks: number;
}

/** The thread that asks; undefined where /proc does not show it (it may be that of another pid namespace). */
export function thisOwner(): InstanceOwner | undefined {
  try {
    const [pid, , thread] = readlinkSync('/proc/thread-self').split('/').map(Number);
    if (pid !== process.pid || thread === undefined) return undefined;
    const startTicks = startTicksOf(thread);
    if (startTicks === undefined) return undefined;
    return { pidNamespace: statSync('/proc/self/ns/pid').ino, thread, startTicks };
  } catch {
    return undefined;
  }
}

/** A name for an instance that nobody else has. Owner 0 is one that can't be judged. */
export function instanceName(owner: InstanceOwner | undefined): string {
  const { pidNamespace, thread, startTicks } = owner ?? {
    pidNamespace: 0,
    thread: process.pid,
    startTicks: 0,
  };
  return `portolan-${pidNamespace}-${thread}-${startTicks}-${randomBytes(4).toString('hex')}`;
}

/** The owner in a name; undefined if it is not one of {@link instanceName}. */
export function parseInstanceName(name: string): InstanceOwner | undefined {
  const match = /^portolan-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(name);
  if (match === null) return undefined;
  const [, pidNamespace, thread, startTicks] = match.map(Number);
  if (pidNamespace === undefined || thread === undefined || startTicks === undefined) return undefined;
  return { pidNamespace, thread, startTicks };
}

/** Whether that owner is surely gone, as far as `self` can see it. */
export function isGone(owner: InstanceOwner, self: InstanceOwner): boolean {
  if (owner.pidNamespace !== self.pidNamespace) return false;
  if (!existsSync(`/proc/${owner.thread}`)) return true;
  const startTicks = startTicksOf(owner.thread);
  return startTicks !== undefined && startTicks !== owner.startTicks;
}

/** /proc/TID is there for each thread, though /proc lists the processes alone (proc(5)). */
function startTicksOf(thread: number): number | undefined {
  const stat = readProcFile(`/proc/${thread}/stat`, STAT_LIMIT);
  return stat === null ? undefined : parseStat(stat)?.startTicks;
}
