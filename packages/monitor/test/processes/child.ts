import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that was started for a test, and the line of JSON that it printed when it was ready. */
export interface Child<T> extends AsyncDisposable {
  readonly pid: number;
  readonly report: T;
}

/** Starts a program in a new process group, which is killed when the child is disposed. Waits for its line of JSON. */
export async function startChild<T>(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Child<T>> {
  const child = spawn(command, args, {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const stop = () => stopGroup(child);
  try {
    if (child.stdout === null || child.pid === undefined) throw new Error(`${command} did not start`);
    for await (const line of createInterface(child.stdout)) {
      return { pid: child.pid, report: JSON.parse(line), [Symbol.asyncDispose]: stop };
    }
    throw new Error(`${command} said nothing`);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a Python script in the same way, behind {@link PRELUDE}. */
export function startPython<T>(script: string, args: readonly string[] = []): Promise<Child<T>> {
  return startChild('python3', ['-c', `${PRELUDE}\n${script}`, ...args]);
}

const PRELUDE = `
import json, os, resource, signal, socket, sys
def listen(port=0):
    s = socket.create_server(('127.0.0.1', port))
    s.set_inheritable(True)
    return s
def inode(s):
    return os.fstat(s.fileno()).st_ino
def say(**report):
    print(json.dumps(report), flush=True)
def wait():
    signal.pause()
`;

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
  await exited;
}
