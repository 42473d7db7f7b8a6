import type { Listener } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { readProcess } from '../../processes/read-process.js';
import { hasEnded } from '../../processes/system-process-reader.js';

/** So many processes are remembered before all are forgotten. */
const LIMIT = 4096;

interface Known {
  readonly process: Process;
  readonly readAt: number;
  /** Earlier readings that say the same. */
  readonly equal: WeakSet<Process>;
}

/** Reads again what processes are called and what they run: exec and prctl change that while their sockets stay. */
export class PresentProcesses {
  readonly #known = new Map<number, Known>();

  /**
   * A listener with its processes as they are now; the same object if nothing about them is new. Of who has ended, what was
   * known last stays.
   *
   * @param maxAgeMs processes that were read that short a time ago are not read again
   */
  of(listener: Listener, maxAgeMs: number): Listener {
    const { processes } = listener;
    let isUnchanged = true;
    for (const process of processes ?? []) isUnchanged &&= this.#present(process, maxAgeMs) === process;
    if (processes === null || isUnchanged) return listener;
    return { ...listener, processes: processes.map((process) => this.#present(process, maxAgeMs)) };
  }

  #present(process: Process, maxAgeMs: number): Process {
    const { pid, startTicks } = process;
    let known = this.#known.get(pid);
    if (known?.process.startTicks !== startTicks || performance.now() - known.readAt > maxAgeMs) {
      const last = known?.process.startTicks === startTicks ? known.process : process;
      known = this.#learn(
        process,
        hasEnded(process) ? last : (withWhatWasSeen(readProcess(pid), last) ?? last),
      );
    }
    if (known.equal.has(process)) return process;
    if (isEqual(known.process, process)) {
      known.equal.add(process);
      return process;
    }
    return this.#withOwners(known, process.owners);
  }

  /** Whose it is was found out for what was known before, and is read from nowhere. */
  #withOwners(known: Known, owners: readonly string[]): Process {
    if (hasSameNames(known.process.owners, owners)) return known.process;
    const process = { ...known.process, owners };
    this.#known.set(process.pid, { ...known, process, equal: new WeakSet([process]) });
    return process;
  }

  #learn(before: Process, read: Process): Known {
    if (this.#known.size >= LIMIT) this.#known.clear();
    const process = isEqual(before, read) ? before : read;
    const known = { process, readAt: performance.now(), equal: new WeakSet([process]) };
    this.#known.set(process.pid, known);
    return known;
  }
}

/**
 * A reading with what an earlier one saw and this one may not: a process may forbid to be looked into meanwhile
 * (PR_SET_DUMPABLE, prctl(2)).
 */
function withWhatWasSeen(read: Process | null, last: Process): Process | null {
  if (read === null || read.startTicks !== last.startTicks) return null;
  if (read.executable !== null || last.executable === null) return read;
  return { ...read, executable: last.executable, workingDirectory: last.workingDirectory };
}

function hasSameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** By what may change while a process lives. */
function isEqual(a: Process, b: Process): boolean {
  return (
    a.name === b.name &&
    a.executable === b.executable &&
    a.uid === b.uid &&
    a.parentPid === b.parentPid &&
    a.workingDirectory === b.workingDirectory &&
    a.cgroup === b.cgroup &&
    a.container === b.container &&
    a.commandLine?.join('\0') === b.commandLine?.join('\0')
  );
}
