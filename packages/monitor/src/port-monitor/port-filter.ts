import { isLoopback } from '../address.js';
import type { Listener, Protocol } from '../listener.js';

/** A range of ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Which listeners are told of; those that pass all that is given. It does not change what a look costs. */
export interface PortFilter {
  readonly protocols?: readonly Protocol[];
  readonly ports?: readonly PortRange[];
  /** true: only those bound to a loopback address; false: only the others. */
  readonly loopback?: boolean;
  /** Names of processes; one of the listener's must be among them. */
  readonly processes?: readonly string[];
}

/** Whether a listener passes. One whose processes are not known yet does not pass a filter by process. */
export function passes(listener: Listener, filter: PortFilter): boolean {
  const { protocols, ports, loopback, processes } = filter;
  if (protocols !== undefined && !protocols.includes(listener.protocol)) return false;
  if (ports !== undefined && !ports.some(({ from, to }) => listener.port >= from && listener.port <= to))
    return false;
  if (loopback !== undefined && isLoopback(listener) !== loopback) return false;
  return processes === undefined || (listener.processes ?? []).some(({ name }) => processes.includes(name));
}
