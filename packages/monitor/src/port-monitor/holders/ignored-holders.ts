import type { Listener, ListenerSocket } from '../../listener.js';
import { findHoldersAmong } from '../../processes/find-holders.js';
import type { Process } from '../../processes/process.js';
import { processReader } from '../../processes/process-reader.js';

/** A process with this set to 1 in its environment does not want to be watched. */
const IGNORE = 'PORTOLAN_IGNORE';

/** Remembers which holders are left out: those that want to be, and this process itself. All are processes of this machine. */
export class IgnoredHolders {
  readonly #processes = new WeakSet<Process>();
  /** Of listeners that this process holds, if processes are not searched for. */
  readonly #heldHere = new WeakSet<Listener['sockets']>();

  /** Notes which of the processes behind these listeners are left out. */
  note(listeners: readonly Listener[]): void {
    for (const process of listeners.flatMap(({ processes }) => processes ?? [])) {
      const isMarked = () => processReader().environmentValue(process.pid, IGNORE) === '1';
      if (isThisProcess(process.pid) || isMarked()) this.#processes.add(process);
    }
  }

  /** Notes which of these listeners, whose processes nobody searched for, are held by this process. */
  noteHeldHere(listeners: readonly Listener[]): void {
    const inodes = new Set(listeners.flatMap(({ sockets }) => sockets.flatMap(({ inode }) => inode ?? [])));
    const held = findHoldersAmong([{ pid: process.pid }], inodes);
    const isHeldHere = ({ pids, inode }: ListenerSocket) =>
      pids?.every(isThisProcess) ?? (inode !== null && held.has(inode));
    for (const { sockets } of listeners) if (sockets.every(isHeldHere)) this.#heldHere.add(sockets);
  }

  /** Notes the process that opened a listener of which nothing else is left. */
  noteOpener(listener: Listener, pid: number): void {
    if (listener.processes !== null) this.note([listener]);
    else if (isThisProcess(pid)) this.#heldHere.add(listener.sockets);
  }

  /** Whether all who hold this listener are left out. */
  has({ processes, sockets }: Listener): boolean {
    if (processes === null) return this.#heldHere.has(sockets);
    return processes.length > 0 && processes.every((process) => this.#processes.has(process));
  }
}

function isThisProcess(pid: number): boolean {
  return pid === process.pid;
}
