import type { Listener, ListenerSocket } from '../../listener.js';
import { findHoldersAmong } from '../../processes/holders/find-holders.js';
import type { Process } from '../../processes/process.js';
import { hasEnded, processReader } from '../../processes/system-process-reader.js';

/** A process with this set to 1 in its environment does not want to be watched. */
const IGNORE = 'PORTOLAN_IGNORE';
/** So many processes that were asked are remembered before all are forgotten. */
const LIMIT = 4096;

/**
 * Remembers which holders are left out: those that want to be, this process itself, and those that ended before they could be
 * asked. All are processes of this machine.
 */
export class IgnoredHolders {
  /** The start of each process that is left out, by its pid. A process is read again and again, and stays the same. */
  readonly #startTicks = new Map<number, Process['startTicks']>();
  /** The same of each process that was asked and is told of. */
  readonly #asked = new Map<number, Process['startTicks']>();
  /** Of listeners that this process holds, if processes are not searched for. */
  readonly #heldHere = new WeakSet<Listener['sockets']>();

  /** Notes which of the processes behind these listeners are left out. */
  note(listeners: readonly Listener[]): void {
    for (const process of this.#ask(listeners)) {
      // If it has left its sockets to others, these will be found.
      if (hasEnded(process)) this.#startTicks.set(process.pid, process.startTicks);
    }
  }

  /** Gives those that were never asked and can't be any more, or whose environment nobody may read. */
  #ask(listeners: readonly Listener[]): readonly Process[] {
    const unknown: Process[] = [];
    // A process may have thousands of listeners, and its environment is read once.
    for (const process of new Set(listeners.flatMap(({ processes }) => processes ?? []))) {
      const { pid, startTicks } = process;
      const mark = isThisProcess(pid) ? '1' : processReader().environmentValue(pid, IGNORE);
      if (mark === '1') this.#startTicks.set(pid, startTicks);
      else if (mark !== undefined) this.#noteAsked(process);
      else if (this.#asked.get(pid) !== startTicks) unknown.push(process);
    }
    return unknown;
  }

  #noteAsked({ pid, startTicks }: Process): void {
    this.#startTicks.delete(pid);
    if (this.#asked.size >= LIMIT) this.#asked.clear();
    this.#asked.set(pid, startTicks);
  }

  /** Notes which of these listeners, whose processes nobody searched for, are held by this process. */
  noteHeldHere(listeners: readonly Listener[]): void {
    const inodes = new Set(listeners.flatMap(({ sockets }) => sockets.flatMap(({ inode }) => inode ?? [])));
    const held = findHoldersAmong([{ pid: process.pid }], inodes);
    const isHeldHere = ({ pids, inode }: ListenerSocket) =>
      pids?.every(isThisProcess) ?? (inode !== null && held.has(inode));
    for (const { sockets } of listeners) if (sockets.every(isHeldHere)) this.#heldHere.add(sockets);
  }

  /**
   * Notes the processes that opened listeners of which nothing else is left: their pids in the order of the listeners. Those that
   * have ended are told of.
   */
  noteOpeners(listeners: readonly Listener[], pids: readonly number[]): void {
    this.#ask(listeners);
    for (const [i, { processes, sockets }] of listeners.entries())
      if (processes === null && isThisProcess(pids[i])) this.#heldHere.add(sockets);
  }

  /** Whether all who hold this listener are left out. */
  has({ processes, sockets }: Listener): boolean {
    if (processes === null) return this.#heldHere.has(sockets);
    return (
      processes.length > 0 &&
      processes.every(({ pid, startTicks }) => this.#startTicks.get(pid) === startTicks)
    );
  }
}

function isThisProcess(pid: number | undefined): boolean {
  return pid === process.pid;
}
