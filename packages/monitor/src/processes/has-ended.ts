import { isMac } from '../kernel/platform.js';
import type { Process } from './process.js';
import { readState } from './read-process.js';

/**
 * Whether a process has ended, or its pid is another's by now: also if nobody has asked for its status yet, since its files
 * are closed. Not asked on macOS, where it would take ps(1).
 */
export function hasEnded({ pid, startTicks }: Pick<Process, 'pid' | 'startTicks'>): boolean {
  if (isMac()) return false;
  const state = readState(pid);
  return state?.startTicks !== startTicks || state.isZombie;
}
