import { runInSlices } from '../timing/slices.js';
import { childrenOf } from './children.js';
import { environmentValue } from './environment.js';
import type { ProcessStat } from './parse-stat.js';
import type { Process, SeenProcess } from './process.js';
import type { ProcessReader } from './process-reader.js';
import { readProcess, readProcStat } from './read-process.js';

/** Reads processes from /proc (proc(5)), in slices that never hold the event loop for long. */
export class ProcProcessReader implements ProcessReader {
  readonly readsProc = true;

  read(
    pids: ReadonlySet<number>,
    _seen: ReadonlyMap<number, SeenProcess>,
    signal?: AbortSignal,
  ): Promise<Map<number, Process>> {
    return runInSlices(readEach(pids), signal);
  }

  readStat(pid: number): ProcessStat | null {
    return readProcStat(pid);
  }

  childrenOf(pid: number): Iterable<number> {
    return childrenOf(pid);
  }

  environmentValue(pid: number, name: string): string | null | undefined {
    return environmentValue(pid, name);
  }
}

function* readEach(pids: ReadonlySet<number>): Generator<void, Map<number, Process>> {
  const processes = new Map<number, Process>();
  for (const pid of pids) {
    const process = readProcess(pid);
    if (process !== null) processes.set(pid, process);
    yield;
  }
  return processes;
}
