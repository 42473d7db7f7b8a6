import { isMac } from '../kernel/platform.js';
import type { Process } from './process.js';
import { readProcLink } from './read-proc-file.js';
import { readStat } from './read-process.js';

/**
 * Whether a process has ended, or its pid is another's by now: also where nobody has asked for its status yet, since its files
 * are closed. Not asked on macOS, where it would take ps(1).
 */
export function hasEnded({ pid, startTicks, executable }: Process): boolean {
  if (isMac()) return false;
  if (readStat(pid)?.startTicks !== startTicks) return true;
  return executable !== null && readProcLink(`/proc/${pid}/exe`) === null;
}
