import { compareListeners, type Listener } from '../listener.js';
import type { ReaderOptions } from '../listener-reader.js';
import type { Owners } from '../owners/owners.js';
import { attachProcesses } from '../processes/attach-processes.js';
import { type ChainAnswer, SourceChain } from '../sources/chain.js';
import { NoSourceError } from '../sources/no-source-error.js';
import { createPlaces } from './create-places.js';
import { processesElsewhere } from './elsewhere/processes-elsewhere.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import type { LocalSite, Site } from './site.js';
import type { PlaceLook, Snapshot } from './snapshot.js';
import { sourcesAt } from './sources-at.js';

/** What is asked of the places. */
export interface LookAtPlacesOptions extends ReaderOptions {
  readonly in: string | readonly string[];
  readonly owners: Owners;
  readonly signal?: AbortSignal | undefined;
}

/** What was learned of one place, or why nothing was. */
interface Finding {
  readonly look: PlaceLook;
  readonly site?: Site;
  readonly listeners: readonly Listener[];
  readonly error?: unknown;
}

/**
 * Looks once at several places. One that can't be looked at does not keep the others from being seen.
 *
 * @throws PlaceError for what names no place; where none could be looked at, what went wrong with the first
 */
export async function lookAtPlaces(options: LookAtPlacesOptions): Promise<Snapshot> {
  const takenAt = new Date();
  const start = performance.now();
  const places = createPlaces(options.in);
  // What is elsewhere takes its time; nothing of it holds up the others.
  const findings = eachOnce((await Promise.all(places.map((place) => survey(place, options)))).flat());
  const answered = findings.find(({ look }) => look.source !== null);
  if (answered?.look.source == null) throw findings[0]?.error;
  const { source, failures } = answered.look;
  const listeners = await complete(findings, options);
  return {
    listeners: listeners.sort(compareListeners),
    source,
    failures,
    skipped: findings.reduce((sum, { look }) => sum + look.skipped, 0),
    places: findings.map(({ look }) => look),
    takenAt,
    durationMs: performance.now() - start,
  };
}

/** What two places have in common belongs to the first. */
function eachOnce(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ look: { place } }) => !seen.has(place) && seen.add(place));
}

async function survey(place: Place, options: LookAtPlacesOptions): Promise<Finding[]> {
  try {
    const findings: Finding[] = [];
    for (const site of await place.find(options.signal)) findings.push(await surveySite(site, options));
    return findings;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof PlaceError)) throw error;
    return [unseen(place.name, error.reason, error)];
  } finally {
    await place.close();
  }
}

async function surveySite(
  site: Site,
  { sources, processes, logger, signal }: LookAtPlacesOptions,
): Promise<Finding> {
  const chain = new SourceChain(sourcesAt(site, sources ?? 'auto', processes === true), logger, site.place);
  try {
    const { listeners, ...look }: ChainAnswer = await chain.look(signal);
    return { site, listeners, look: { place: site.place, reason: null, ...look } };
  } catch (error) {
    if (!(error instanceof NoSourceError)) throw error;
    return unseen(site.place, error.reason, error);
  } finally {
    chain.close();
  }
}

function unseen(place: string, reason: string, error: unknown): Finding {
  const failures = error instanceof NoSourceError ? error.failures : [];
  return { listeners: [], error, look: { place, source: null, failures, reason, skipped: 0 } };
}

/** Those of this machine with their processes, which are searched for once for all, and their owners. */
async function complete(
  findings: readonly Finding[],
  { processes: isAsked, owners, signal }: LookAtPlacesOptions,
): Promise<Listener[]> {
  const here = findings.filter(
    (finding): finding is Finding & { site: LocalSite } => finding.site?.kind === 'local',
  );
  const elsewhere = findings.filter(({ site }) => site?.kind === 'elsewhere');
  const local = here.flatMap(({ listeners }) => listeners);
  const tableInodes = new Map(here.map(({ site }) => [site.place, site.tableInode]));
  const found =
    (isAsked ?? true) ? await attachProcesses(local, [], signal, (place) => tableInodes.get(place)) : local;
  const far = elsewhere.flatMap(({ listeners }) => listeners);
  return [...owners.attach(found), ...(isAsked === true ? processesElsewhere(far) : far)];
}
