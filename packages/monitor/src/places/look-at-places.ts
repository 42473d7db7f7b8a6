import { compareListeners, type Listener } from '../listener.js';
import type { Owners } from '../owners/owners.js';
import { NoSourceError } from '../sources/no-source-error.js';
import { createPlaces } from './create-places.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import { SharedSearch } from './shared-search.js';
import type { Site } from './site.js';
import { type ReaderOptions, type SharedByReaders, SiteReader } from './site-reader.js';
import type { PlaceLook, Snapshot } from './snapshot.js';

/** Where and how to look, and for whom. */
export interface LookAtPlacesOptions extends ReaderOptions {
  readonly in: string | readonly string[];
  readonly owners: Owners;
  readonly signal?: AbortSignal | undefined;
}

/** What was seen of one site, and through which reader; or why nothing was seen. */
interface SiteLook {
  readonly look: PlaceLook;
  readonly listeners: readonly Listener[];
  readonly reader?: SiteReader;
  readonly error?: unknown;
}

/**
 * Looks once at several places. One that can't be looked at does not keep the others from being seen.
 *
 * @throws PlaceError for what names no place; if no place could be looked at, what went wrong with the first
 */
export async function lookAtPlaces(options: LookAtPlacesOptions): Promise<Snapshot> {
  const takenAt = new Date();
  const start = performance.now();
  const { in: names, owners, signal } = options;
  const shared = { owners, search: new SharedSearch() };
  // What is elsewhere takes its time; nothing of it holds up the others.
  const looks = await Promise.all(createPlaces(names).map((place) => lookAtPlace(place, options, shared)));
  const siteLooks = eachOnce(looks.flat());
  const answered = siteLooks.find(({ look }) => look.source !== null);
  if (answered?.look.source == null) throw siteLooks[0]?.error;
  const { source, failures } = answered.look;
  const listeners = await Promise.all(siteLooks.map((siteLook) => complete(siteLook, signal)));
  return {
    listeners: listeners.flat().sort(compareListeners),
    source,
    failures,
    skipped: siteLooks.reduce((sum, { look }) => sum + look.skipped, 0),
    places: siteLooks.map(({ look }) => look),
    takenAt,
    durationMs: performance.now() - start,
  };
}

/** A site that two places have in common belongs to the first. */
function eachOnce(siteLooks: readonly SiteLook[]): SiteLook[] {
  const seen = new Set<string>();
  return siteLooks.filter(({ look: { place } }) => !seen.has(place) && seen.add(place));
}

async function lookAtPlace(
  place: Place,
  options: LookAtPlacesOptions,
  shared: SharedByReaders,
): Promise<SiteLook[]> {
  try {
    const looks: SiteLook[] = [];
    for (const site of await place.find(options.signal)) looks.push(await lookAtSite(site, options, shared));
    return looks;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof PlaceError)) throw error;
    return [unseen(place.name, error.reason, error)];
  } finally {
    await place.close();
  }
}

async function lookAtSite(
  site: Site,
  options: LookAtPlacesOptions,
  shared: SharedByReaders,
): Promise<SiteLook> {
  const reader = new SiteReader(site, options, shared);
  try {
    const { listeners, source, failures, skipped } = await reader.look(options.signal);
    return { reader, listeners, look: { place: site.place, source, failures, reason: null, skipped } };
  } catch (error) {
    if (!(error instanceof NoSourceError)) throw error;
    return unseen(site.place, error.reason, error);
  } finally {
    reader.close();
  }
}

function unseen(place: string, reason: string, error: unknown): SiteLook {
  const failures = error instanceof NoSourceError ? error.failures : [];
  return { listeners: [], error, look: { place, source: null, failures, reason, skipped: 0 } };
}

/** The processes of all sites of this machine are searched for together. */
async function complete({ reader, listeners }: SiteLook, signal?: AbortSignal): Promise<readonly Listener[]> {
  if (reader === undefined) return listeners;
  try {
    return reader.attachOwners(await reader.attachProcesses(listeners, [], signal));
  } finally {
    reader.close();
  }
}
