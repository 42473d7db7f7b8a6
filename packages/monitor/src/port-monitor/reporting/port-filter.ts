import { isLoopback } from '../../address.js';
import type { Listener, Protocol } from '../../listener.js';
import { includesPort, type PortRange } from '../../port-range.js';

/** Which listeners are told of; those that pass all that is given. It does not change what a look costs. */
export interface PortFilter {
  readonly protocols?: readonly Protocol[];
  readonly ports?: readonly PortRange[];
  /** true: only those bound to a loopback address; false: only the others. */
  readonly loopback?: boolean;
  /** Names of processes; one of the listener's must be among them. */
  readonly processes?: readonly string[];
  /** Names of owners; one of the listener's must be among them. */
  readonly owners?: readonly string[];
}

/** Whether a listener passes. One whose processes are not known yet does not pass a filter by process. */
export function passes(listener: Listener, filter: PortFilter): boolean {
  const { protocols, ports, loopback, processes, owners } = filter;
  if (protocols !== undefined && !protocols.includes(listener.protocol)) return false;
  if (ports !== undefined && !ports.some((range) => includesPort(range, listener.port))) return false;
  if (loopback !== undefined && isLoopback(listener) !== loopback) return false;
  if (owners !== undefined && !listener.owners.some((name) => owners.includes(name))) return false;
  return processes === undefined || (listener.processes ?? []).some(({ name }) => processes.includes(name));
}
