import { readdirSync } from 'node:fs';

/** Lists the processes of this pid namespace (proc(5)), the newest first as long as the pids have not gone round. */
export function listPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) pids.push(Number(name));
  }
  return pids.sort((a, b) => b - a);
}
