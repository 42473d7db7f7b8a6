import { SELF } from './listener.js';
import { ListenerReader } from './listener-reader.js';
import type { OwnerRule } from './owners/owner-rule.js';
import { Owners } from './owners/owners.js';
import type { ReaderOptions } from './places/site-reader.js';
import type { Snapshot } from './places/snapshot.js';

/** Where and how to look once. */
export interface LookOptions extends ReaderOptions {
  /** Where to look, one place or several, as {@link PortMonitorOptions.in} has it; `self` by default. */
  readonly in?: string | readonly string[] | undefined;
  readonly owners?: readonly OwnerRule[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks once at what listens, on this machine or at other places.
 *
 * @throws NoSourceError if no source of the chain works; PlaceError if a place can't be looked at, and no other was;
 *   OwnerRuleError for an owner that can't be one
 */
export async function listListeners(options: LookOptions = {}): Promise<Snapshot> {
  const owners = new Owners();
  for (const rule of options.owners ?? []) owners.add(rule);
  const { in: places = SELF } = options;
  if (places !== SELF) {
    // Most only want to look here, and wait for it.
    const { lookAtPlaces } = await import('./places/look-at-places.js');
    return lookAtPlaces({ ...options, in: places, owners });
  }
  await using reader = new ListenerReader(options);
  const snapshot = await reader.look(options.signal);
  return { ...snapshot, listeners: owners.attach(snapshot.listeners) };
}
