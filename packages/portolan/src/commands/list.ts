import { type Listener, type Logger, listListeners, type Snapshot } from '@portolan/monitor';
import { ExitStatus } from '../exit-status.js';
import { type ListenerFilter, matches, matchesEndpoint } from '../filter.js';
import { sortListeners } from '../order.js';
import { hiddenHint } from '../render/hidden-hint.js';
import { outputCanvas } from '../render/table.js';
import { tell } from '../standard-streams.js';
import type { ListOptions } from './list-options.js';

const LOGGER: Logger = { debug: tell };

/** Looks once and prints the listeners that pass the filter. */
export async function list(filter: ListenerFilter, options: ListOptions): Promise<ExitStatus> {
  const snapshot = await listListeners({
    sources: options.source,
    processes: options.processes,
    owners: filter.owners ?? [],
    ...(options.verbose && { logger: LOGGER }),
  });
  const found = snapshot.listeners.filter((listener) => matches(listener, filter));
  const listeners = sortListeners(found, options.sort);
  process.stdout.write(await render({ ...snapshot, listeners }, options));
  if (options.verbose && snapshot.skipped > 0) tell(`${snapshot.skipped} rows could not be understood`);
  if (isTable(options))
    tellPeople(
      snapshot.listeners.filter((one) => matchesEndpoint(one, filter)),
      found,
    );
  return found.length > 0 ? ExitStatus.found : ExitStatus.nothingMatched;
}

async function render(snapshot: Snapshot, options: ListOptions): Promise<string> {
  if (options.json) return (await import('../render/json.js')).renderJson(snapshot);
  if (options.ndjson) return (await import('../render/json.js')).renderJsonLines(snapshot.listeners);
  if (options.format === 'ss')
    return (await import('../render/ss-format.js')).renderSsFormat(snapshot.listeners);
  const { renderListenerTable } = await import('../render/listener-table.js');
  return renderListenerTable(snapshot.listeners, outputCanvas());
}

function isTable({ json, ndjson, format }: ListOptions): boolean {
  return !json && !ndjson && format === undefined;
}

/** What a person at a terminal wants to know beside the table. */
function tellPeople(asked: readonly Listener[], found: readonly Listener[]): void {
  if (found.length === 0 && process.stderr.isTTY) tell('no such port is listening');
  const hint = process.stdout.isTTY ? hiddenHint(asked, process.geteuid?.() === 0) : undefined;
  if (hint !== undefined) tell(hint);
}
