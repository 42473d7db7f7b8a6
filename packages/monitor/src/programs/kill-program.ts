import type { ChildProcess } from 'node:child_process';

/** Kills a program that was started in a process group of its own, with whatever it has started, and reads no more of it. */
export function killProgram(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
