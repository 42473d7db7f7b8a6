import type { Process } from '@portolan/monitor';

/** The name of a process as people know it. Newer versions of Node name the process after its main thread. */
export function processName({ name }: Pick<Process, 'name'>): string {
  return name === 'node-MainThread' ? 'node' : name;
}

/** `node (pid 812)`. */
export function processText(process: Pick<Process, 'name' | 'pid'>): string {
  return `${processName(process)} (pid ${process.pid})`;
}
