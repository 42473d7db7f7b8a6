import { basename } from 'node:path';
import {
  type Family,
  includesPort,
  type Listener,
  type OwnerRule,
  type PortRange,
  type Process,
  type Protocol,
} from '@portolan/monitor';

/** An owner that was asked for, under the name of the option that asked for it: `--tree 123`. */
export type AskedOwner = OwnerRule & { readonly name: string };

/** Which listeners are wanted. What is left out lets all pass. */
export interface ListenerFilter {
  readonly protocols?: readonly Protocol[] | undefined;
  readonly families?: readonly Family[] | undefined;
  readonly ports?: readonly PortRange[] | undefined;
  /** A part of a process's name, in upper or lower case. */
  readonly process?: string | undefined;
  readonly uid?: number | undefined;
  /** All of them must own the listener. */
  readonly owners?: readonly AskedOwner[] | undefined;
  /** False leaves out the ephemeral listeners, which are mostly clients (`Listener.ephemeral`). */
  readonly ephemeral?: false | undefined;
}

/** True if a listener passes the filter. */
export function matches(listener: Listener, filter: ListenerFilter): boolean {
  return matchesEndpoint(listener, filter) && matchesHolder(listener, filter);
}

/** True if a listener passes what the filter says of its endpoint. Its processes do not count. */
export function matchesEndpoint(listener: Listener, filter: ListenerFilter): boolean {
  const { protocols, families, ports, ephemeral } = filter;
  if (ephemeral === false && listener.ephemeral) return false;
  if (protocols !== undefined && !protocols.includes(listener.protocol)) return false;
  if (families !== undefined && !families.includes(listener.family)) return false;
  return ports === undefined || ports.some((range) => includesPort(range, listener.port));
}

function matchesHolder(listener: Listener, filter: ListenerFilter): boolean {
  const { process: name, uid, owners } = filter;
  if (owners !== undefined && !owners.every((owner) => listener.owners.includes(owner.name))) return false;
  if (name !== undefined && !listener.processes?.some((process) => isNamed(process, name))) return false;
  return uid === undefined || belongsTo(listener, uid);
}

/** The executable's name counts too, since the kernel cuts a process's name at 15 bytes. */
function isNamed({ name, executable }: Process, part: string): boolean {
  const wanted = part.toLowerCase();
  if (name.toLowerCase().includes(wanted)) return true;
  return executable !== null && basename(executable).toLowerCase().includes(wanted);
}

/** A socket belongs to the users of its processes. If no process is seen, the user who made the socket counts. */
function belongsTo({ processes, sockets }: Listener, uid: number): boolean {
  if (processes?.some((process) => process.uid === uid)) return true;
  return sockets.some((socket) => socket.holder !== 'process' && socket.uid === uid);
}
