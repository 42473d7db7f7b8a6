import { parseCommandLine } from '../parse-command-line.js';
import type { ProcessStat } from '../parse-stat.js';
import { NO_OWNERS, type Process, type SeenProcess } from '../process.js';
import type { ProcessReader } from '../process-reader.js';
import type { PsRow } from './parse-ps.js';
import { runPs, runPsSync } from './run-ps.js';

/** Learns of processes what lsof(8) has told, and ps(1) tells besides. */
export class PsProcessReader implements ProcessReader {
  readonly readsProc = false;

  async read(
    pids: ReadonlySet<number>,
    seen: ReadonlyMap<number, SeenProcess>,
    signal?: AbortSignal,
  ): Promise<Map<number, Process>> {
    const processes = new Map<number, Process>();
    if (pids.size === 0) return processes;
    const rows = await runPs(pids, 'command', signal);
    for (const [pid, process] of seen) {
      const row = rows?.get(pid);
      // Without an answer from ps nobody can tell who has ended.
      if (rows === undefined || row !== undefined) processes.set(pid, toProcess(process, row));
    }
    return processes;
  }

  readStat(pid: number): ProcessStat | null {
    const row = runPsSync(pid, 'ucomm');
    return row === undefined
      ? null
      : { name: row.text, parentPid: row.parentPid, startTicks: ticksOf(row.startedAt) };
  }

  /** Who is below a process is told by looking at the ancestors of who is asked about. */
  childrenOf(): Iterable<number> {
    return [];
  }

  /** What ps shows of an environment can't be told from the arguments before it. */
  environmentValue(): undefined {
    return undefined;
  }
}

function toProcess(seen: SeenProcess, row: PsRow | undefined): Process {
  return {
    ...seen,
    namespacePid: seen.pid,
    parentPid: row?.parentPid ?? seen.parentPid,
    // One text: ps does not tell where an argument ends.
    commandLine: row === undefined ? null : parseCommandLine(Buffer.from(row.text)),
    executable: null,
    startedAt: row?.startedAt ?? null,
    startTicks: row === undefined ? null : ticksOf(row.startedAt),
    workingDirectory: null,
    container: null,
    unit: null,
    cgroup: null,
    leadsTo: null,
    owners: NO_OWNERS,
  };
}

/** macOS counts no ticks since boot; hundredths of a second since 1970 tell one process of a pid from another as well. */
function ticksOf(startedAt: Date): number {
  return startedAt.getTime() / 10;
}
