import { readdirSync } from 'node:fs';

/** The processes of this pid namespace, the newest first as long as the numbers have not gone round (proc(5)). */
export function listPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) pids.push(Number(name));
  }
  return pids.sort((a, b) => b - a);
}
