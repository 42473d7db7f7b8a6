import type { Listener } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import type { PortEvent } from './event.js';

/** Measured on Node 20: an event with its time and its place in the chain, and the other objects with their small values. */
const EVENT_BYTES = 280;
const LISTENER_BYTES = 220;
const SOCKET_BYTES = 220;
const PROCESS_BYTES = 400;
const TEXT_BYTES = 32;

type Processes = Listener['processes'] | undefined;

/**
 * How much memory an event takes behind another one, in bytes, roughly. The same process often has the listeners of both, and
 * counts once.
 */
export function eventBytes(event: PortEvent, before: PortEvent | undefined): number {
  if (!('listener' in event)) return EVENT_BYTES;
  const known = before !== undefined && 'listener' in before ? before.listener.processes : undefined;
  const bytes = EVENT_BYTES + listenerBytes(event.listener, known);
  return event.type === 'changed' ? bytes + listenerBytes(event.previous, event.listener.processes) : bytes;
}

function listenerBytes({ sockets, processes }: Listener, known: Processes): number {
  let bytes = LISTENER_BYTES + SOCKET_BYTES * sockets.length;
  if (processes === null || processes === known) return bytes;
  for (const [i, process] of processes.entries()) if (process !== known?.[i]) bytes += processBytes(process);
  return bytes;
}

/** Of the texts only those that may be long. */
function processBytes({ commandLine, executable, workingDirectory }: Process): number {
  let bytes = PROCESS_BYTES + (executable?.length ?? 0) + (workingDirectory?.length ?? 0);
  if (commandLine !== null) for (const word of commandLine) bytes += TEXT_BYTES + word.length;
  return bytes;
}
