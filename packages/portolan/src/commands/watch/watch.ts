import {
  includesPort,
  type MissedEvents,
  type PortEvent,
  PortMonitor,
  type PortMonitorOptions,
  splitWords,
} from '@portolan/monitor';
import { ExitStatus } from '../../exit/exit-status.js';
import { Interruption } from '../../exit/interruption.js';
import { type ListenerFilter, matches, matchesEndpoint } from '../../listeners/listener-filter.js';
import { areSeveral } from '../../options/places.js';
import { wantedProcesses } from '../../options/sources.js';
import { UsageError } from '../../options/usage-error.js';
import { wantsColor } from '../../render/color.js';
import { renderJsonLine } from '../../render/json.js';
import { tell } from '../../render/tell.js';
import { textWidth } from '../../render/text-width.js';
import { unseenAtStart, unseenLines } from '../../render/unseen-places.js';
import { visibleText } from '../../render/visible-text.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { EventCommand } from './event-command.js';
import { renderEvent, renderNotOpen } from './event-line.js';
import type { WatchOptions } from './watch-options.js';

/** Prints a line for each event until it is interrupted. */
export async function watch(filter: ListenerFilter, options: WatchOptions): Promise<ExitStatus> {
  const command =
    options.exec === undefined
      ? undefined
      : new EventCommand(commandWords(options.exec, options), { printsToStderr: options.ndjson === true });
  if (options.shell && command === undefined) throw new UsageError('--shell goes with --exec');
  const processes = wantedProcesses(options);
  const interruption = new Interruption();
  try {
    const monitor = new PortMonitor({
      sources: options.source,
      ...(process.platform === 'darwin' && { cpuShare: WATCHED_SHARE }),
      ...(options.in && { in: options.in }),
      ...(processes !== undefined && { processes }),
      ...ownership(filter),
      doorbell: options.doorbell,
      ...(options.interval !== undefined && { intervalMs: options.interval }),
      ...(options.settle !== undefined && { settleMs: options.settle }),
      ...(options.verbose && { logger: { debug: tell } }),
      signal: interruption.signal,
    });
    await monitor.start();
    const events = monitor.events({ initial: options.initial === true || filter.ports !== undefined });
    const print = printer(options);
    for (const line of unseenLines(unseenAtStart(monitor))) tell(line);
    if (!options.ndjson) printClosedPorts(monitor, filter);
    for await (const event of events) {
      if (!isWanted(event, filter)) continue;
      print(event);
      if (event.type !== 'missed' && !isInitial(event)) command?.push(event, renderJsonLine(event));
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    await command?.stop();
    interruption.end();
  }
  return interruption.statusOfEndless ?? ExitStatus.found;
}

/**
 * Has the monitor filter by owner. If the owner of a listener becomes known late, the monitor then tells that it opens. The
 * first owner is enough: the owners that go by processes come first, and are known last.
 */
function ownership({ owners }: ListenerFilter): PortMonitorOptions {
  return owners === undefined
    ? {}
    : { owners, filter: { owners: owners.slice(0, 1).map(({ name }) => name) } };
}

function commandWords(command: string, { shell }: WatchOptions): string[] {
  if (shell) return ['/bin/sh', '-c', command];
  const words = splitWords(command);
  if (words === undefined) throw new UsageError(`'${command}' has a quote that is not closed`);
  if (words.length === 0) throw new UsageError('--exec takes a command');
  return words;
}

function printer(options: WatchOptions): (event: PortEvent | MissedEvents) => void {
  if (options.ndjson) return (event) => void process.stdout.write(renderJsonLine(event));
  const color = wantsColor(process.stdout.isTTY, process.env);
  if (!areSeveral(options)) return (event) => void process.stdout.write(renderEvent(event, { color }));
  let placeWidth = Math.max(...(options.in ?? []).map(placeWidthOf));
  return (event) => {
    if ('place' in event) placeWidth = Math.max(placeWidth, placeWidthOf(event.place));
    process.stdout.write(renderEvent(event, { color, placeWidth }));
  };
}

function placeWidthOf(place: string): number {
  return textWidth(visibleText(place));
}

/** True for the events of a listener that passes the filter, and for all that are not of a listener. */
function isWanted(event: PortEvent | MissedEvents, filter: ListenerFilter): boolean {
  return !('listener' in event) || matches(event.listener, filter);
}

function isInitial(event: PortEvent): boolean {
  return event.type === 'opened' && event.initial === true;
}

/** Prints which of the ports that were named nobody listens on at the start. */
function printClosedPorts(monitor: PortMonitor, filter: ListenerFilter): void {
  const ofSome = filter.owners !== undefined;
  const open = monitor
    .listeners()
    .filter((listener) => (ofSome ? matches : matchesEndpoint)(listener, filter));
  const color = wantsColor(process.stdout.isTTY, process.env);
  for (const range of filter.ports ?? []) {
    if (open.some(({ port }) => includesPort(range, port))) continue;
    process.stdout.write(renderNotOpen(range, new Date(), { color, ofSome }));
  }
}
