import type { ChildProcess } from 'node:child_process';

/**
 * Kills a program, with all that it has started, and reads no more of its output.
 *
 * @param child was started in a process group of its own
 */
export function killProgram(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
