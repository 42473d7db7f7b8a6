import { randomBytes } from 'node:crypto';
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { parseStat } from '../../../processes/parse-stat.js';
import { readProcFile } from '../../../processes/read-proc-file.js';

const STAT_LIMIT = 4096;

/** The process that made a trace instance, as the instance's name tells it. */
export interface InstanceOwner {
  /** The inode of its pid namespace: a pid says nothing to those in another one. */
  readonly pidNamespace: number;
  readonly pid: number;
  /** When it was started, in clock ticks since boot: pids are used again. */
  readonly startTicks: number;
}

/** This process; undefined where /proc does not show it (it may be that of another pid namespace). */
export function thisOwner(): InstanceOwner | undefined {
  try {
    if (Number(readlinkSync('/proc/self')) !== process.pid) return undefined;
    const startTicks = startTicksOf(process.pid);
    if (startTicks === undefined) return undefined;
    return { pidNamespace: statSync('/proc/self/ns/pid').ino, pid: process.pid, startTicks };
  } catch {
    return undefined;
  }
}

/** A name for an instance that nobody else has. Owner 0 is one that can't be judged. */
export function instanceName(owner: InstanceOwner | undefined): string {
  const { pidNamespace, pid, startTicks } = owner ?? { pidNamespace: 0, pid: process.pid, startTicks: 0 };
  return `portolan-${pidNamespace}-${pid}-${startTicks}-${randomBytes(4).toString('hex')}`;
}

/** The owner in a name; undefined if it is not one of {@link instanceName}. */
export function parseInstanceName(name: string): InstanceOwner | undefined {
  const match = /^portolan-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(name);
  if (match === null) return undefined;
  const [, pidNamespace, pid, startTicks] = match.map(Number);
  if (pidNamespace === undefined || pid === undefined || startTicks === undefined) return undefined;
  return { pidNamespace, pid, startTicks };
}

/** Whether that owner is surely gone, as far as `self` can see it. */
export function isGone(owner: InstanceOwner, self: InstanceOwner): boolean {
  if (owner.pidNamespace !== self.pidNamespace) return false;
  if (!existsSync(`/proc/${owner.pid}`)) return true;
  const startTicks = startTicksOf(owner.pid);
  return startTicks !== undefined && startTicks !== owner.startTicks;
}

function startTicksOf(pid: number): number | undefined {
  const stat = readProcFile(`/proc/${pid}/stat`, STAT_LIMIT);
  return stat === null ? undefined : parseStat(stat)?.startTicks;
}
