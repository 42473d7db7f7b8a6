import type { Listener } from '../../listener.js';
import type { Process } from '../../processes/process.js';

/** Whether two listeners have the same processes behind them, whatever these run by now. */
export function haveSameProcesses(a: Listener, b: Listener): boolean {
  if (a.processes === null || b.processes === null) return a.processes === b.processes;
  return (
    a.processes.length === b.processes.length &&
    a.processes.every((each, i) => isSame(each, b.processes?.[i]))
  );
}

function isSame(a: Process, b: Process | undefined): boolean {
  return a.pid === b?.pid && a.startTicks === b.startTicks;
}
