import { type Listener, type Process, readStat, SELF } from '@portolan/monitor';
import {
  byAge,
  isSameProcess,
  ownLineage,
  type Protection,
  protectionOf,
  signalProcess,
} from '../../ending/end-process.js';
import { isHeldBy, withPresentHolders } from '../../ending/present-holders.js';
import { isElsewhere } from '../../listeners/place.js';
import { processText } from '../../render/process-name.js';
import type { Row } from './rows.js';

/** The signals that end a process. The first lets it tidy up. */
export type EndSignal = 'SIGTERM' | 'SIGKILL';

/**
 * Finds the process to end for a row: the oldest one, which has made the others.
 *
 * @param lineage this process and its ancestors
 * @returns the process, or a sentence that says why none can be ended
 */
export function targetOf({ service, closedAt }: Row, lineage: readonly number[]): Process | string {
  const { place, port, processes, otherHolders } = service;
  if (closedAt !== undefined) return `port ${port} is closed already`;
  const [target] = (processes ?? []).toSorted(byAge);
  if (target === undefined)
    return otherHolders.includes('kernel')
      ? `port ${port} is held by the kernel itself`
      : `the process behind port ${port} can't be seen`;
  if (!isOfThisMachine(target, place))
    return `${processText(target)} is at ${place}, and no process of this machine`;
  const protection = protectionOf(target, lineage);
  if (protection !== undefined) return `${processText(target)} is never ended: ${PROTECTIONS[protection]}`;
  return target.leadsTo === null
    ? target
    : `port ${port} belongs to a container, through ${processText(target)}: end that container instead`;
}

/** True for a process of this machine. By this machine's clock, the start of a process elsewhere is not known. */
function isOfThisMachine({ startedAt }: Process, place: string): boolean {
  return place === SELF || (!isElsewhere(place) && startedAt !== null);
}

const PROTECTIONS: Record<Protection, string> = {
  init: 'it is the first process of all',
  itself: 'it is this view',
  ancestor: 'this view runs within it',
};

/**
 * Sends the signal to a process if it still holds one of the listeners that it was seen with, and the pid is still its own.
 *
 * @param listeners what the view knows to be open
 * @returns a sentence on the outcome
 */
export async function endHolder(
  target: Process,
  signal: EndSignal,
  listeners: readonly Listener[],
): Promise<string> {
  const protection = protectionOf(target, ownLineage());
  if (protection !== undefined) return `${processText(target)} is never ended: ${PROTECTIONS[protection]}`;
  const present = await withPresentHolders(listeners.filter((listener) => isHeldBy(listener, target)));
  const isHolder = present.some((listener) => isHeldBy(listener, target));
  if (!isHolder && isSameProcess(target, readStat(target.pid)?.startTicks))
    return `${processText(target)} does not hold the port any more`;
  switch (signalProcess(target, signal)) {
    case 'sent':
      return `sent ${signal} to ${processText(target)}`;
    case 'gone':
      return `${processText(target)} has ended already`;
    case 'denied':
      return `${processText(target)} may not be ended by this user`;
  }
}
