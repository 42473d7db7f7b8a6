import { type Logger, listListeners, type Snapshot } from '@portolan/monitor';
import { ExitStatus } from '../../exit/exit-status.js';
import { type ListenerFilter, matches, matchesEndpoint } from '../../listeners/listener-filter.js';
import { sortListeners } from '../../listeners/order.js';
import { UserNames } from '../../listeners/user-names.js';
import { areSeveral } from '../../options/places.js';
import { wantedProcesses } from '../../options/sources.js';
import { UsageError } from '../../options/usage-error.js';
import { hiddenHints } from '../../render/hidden-hint.js';
import { renderJson, renderJsonLines } from '../../render/json.js';
import { renderListenerTable } from '../../render/listener-table.js';
import { renderSsFormat } from '../../render/ss-format.js';
import { outputCanvas } from '../../render/table.js';
import { tell } from '../../render/tell.js';
import { unseenLines } from '../../render/unseen-places.js';
import type { ListOptions } from './list-options.js';

const LOGGER: Logger = { debug: tell };

/** Looks once and prints the listeners that pass the filter. */
export async function list(filter: ListenerFilter, options: ListOptions): Promise<ExitStatus> {
  if (options.format === 'ss' && areSeveral(options))
    throw new UsageError("--format ss can't tell places apart: it goes with one --in, other than all");
  const snapshot = await look(filter, options);
  const found = snapshot.listeners.filter((listener) => matches(listener, filter));
  const listeners = sortListeners(found, options.sort);
  process.stdout.write(render({ ...snapshot, listeners }, options));
  if (options.verbose && snapshot.skipped > 0) tell(`${snapshot.skipped} rows could not be understood`);
  if (isTable(options)) tellHints(snapshot, found.length, filter);
  if (tellUnseen(snapshot)) return ExitStatus.noSourceWorked;
  return found.length > 0 ? ExitStatus.found : ExitStatus.nothingMatched;
}

function look(filter: ListenerFilter, options: ListOptions): Promise<Snapshot> {
  const processes = wantedProcesses(options);
  return listListeners({
    sources: options.source,
    owners: filter.owners ?? [],
    ...(options.in && { in: options.in }),
    ...(processes !== undefined && { processes }),
    ...(options.verbose && { logger: LOGGER }),
  });
}

/** Tells which places could not be looked at, and returns true if there are any. */
function tellUnseen({ places }: Snapshot): boolean {
  if (places.every(({ reason }) => reason === null)) return false;
  const unseen = places.flatMap(({ place, reason }) => (reason === null ? [] : [{ place, reason }]));
  for (const line of unseenLines(unseen)) tell(line);
  return true;
}

function render(snapshot: Snapshot, options: ListOptions): string {
  if (options.json) return renderJson(snapshot);
  if (options.ndjson) return renderJsonLines(snapshot.listeners);
  if (options.format === 'ss') return renderSsFormat(snapshot.listeners);
  return renderListenerTable(snapshot.listeners, outputCanvas(), {
    users: UserNames.read(),
    hasPlaces: areSeveral(options),
  });
}

function isTable({ json, ndjson, format }: ListOptions): boolean {
  return !json && !ndjson && format === undefined;
}

/** Tells a person at a terminal what the table does not show. */
function tellHints({ listeners }: Snapshot, found: number, filter: ListenerFilter): void {
  if (found === 0 && process.stderr.isTTY) tell('no such port is listening');
  if (!process.stdout.isTTY) return;
  const asked = listeners.filter((listener) => matchesEndpoint(listener, filter));
  for (const hint of hiddenHints(asked, process.geteuid?.() === 0)) tell(hint);
}
