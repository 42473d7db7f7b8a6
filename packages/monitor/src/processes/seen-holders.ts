import type { ListenerSocket } from '../listener.js';
import type { Process } from './process.js';

/** What a source that goes by processes (lsof) tells of one itself. */
export type SeenProcess = Pick<Process, 'pid' | 'parentPid' | 'name' | 'uid' | 'user'>;

const seen = new WeakMap<ListenerSocket, readonly SeenProcess[]>();

/** Remembers who was seen to hold a socket, beside it: most sources don't know, and who reads listeners asks elsewhere. */
export function noteHolders(socket: ListenerSocket, holders: readonly SeenProcess[]): void {
  seen.set(socket, holders);
}

/** Who was seen to hold the socket when it was looked at; undefined where its source does not tell. */
export function holdersSeen(socket: ListenerSocket): readonly SeenProcess[] | undefined {
  return seen.get(socket);
}
