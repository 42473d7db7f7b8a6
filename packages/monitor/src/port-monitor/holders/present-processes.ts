import type { Listener } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { readProcess } from '../../processes/read-process.js';
import type { IgnoredHolders } from './ignored-holders.js';

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
  readonly #ignored: Pick<IgnoredHolders, 'replace'>;
  readonly #known = new Map<number, Known>();

  constructor(ignored: Pick<IgnoredHolders, 'replace'>) {
    this.#ignored = ignored;
  }

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
      const read = readProcess(pid);
      const isOver = read === null || read.startTicks !== startTicks || read.executable === null;
      if (isOver && process.executable !== null)
        return known?.process.startTicks === startTicks ? known.process : process;
      known = this.#learn(process, read ?? process);
    }
    if (known.equal.has(process)) return process;
    if (isEqual(known.process, process)) {
      known.equal.add(process);
      return process;
    }
    this.#ignored.replace(process, known.process);
    return known.process;
  }

  #learn(before: Process, read: Process): Known {
    if (this.#known.size >= LIMIT) this.#known.clear();
    const process = isEqual(before, read) ? before : read;
    const known = { process, readAt: performance.now(), equal: new WeakSet([process]) };
    this.#known.set(process.pid, known);
    return known;
  }
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
