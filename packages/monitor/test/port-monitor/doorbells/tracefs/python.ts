import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program to its end; resolves with its pid and the JSON that it printed. */
export async function python<T>(program: string, ...args: string[]): Promise<{ pid: number; told: T }> {
  const child = spawn('/usr/bin/env', ['python3', '-c', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data) => {
    text += String(data);
  });
  await once(child, 'close');
  return { pid: child.pid ?? 0, told: JSON.parse(text) as T };
}
