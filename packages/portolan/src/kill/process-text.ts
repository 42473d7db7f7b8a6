import type { Process } from '@portolan/monitor';

/** `node (pid 812)`. */
export function processText({ name, pid }: Pick<Process, 'name' | 'pid'>): string {
  return `${name} (pid ${pid})`;
}
