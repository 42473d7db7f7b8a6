import type { Process } from '@portolan/monitor';

/** The name of a process as people know it. Newer versions of Node call theirs after its main thread. */
export function processName({ name }: Process): string {
  return name === 'node-MainThread' ? 'node' : name;
}
