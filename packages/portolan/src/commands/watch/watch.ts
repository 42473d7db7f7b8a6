import {
  includesPort,
  type MissedEvents,
  narrowEvent,
  type PortEvent,
  PortMonitor,
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
import { endUnlessTaken, print } from '../../render/print.js';
import { tell } from '../../render/tell.js';
import { textWidth } from '../../render/text-width.js';
import { startMonitor, unseenLines } from '../../render/unseen-places.js';
import { visibleText } from '../../render/visible-text.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { EventCommand } from './event-command.js';
import { renderEvent, renderNotOpen } from './event-line.js';
import type { WatchOptions } from './watch-options.js';

/** How long whoever reads the output may take for the last of it. */
const OUTPUT_LIMIT_MS = 1000;

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
      ...(filter.owners && { owners: filter.owners }),
      doorbell: options.doorbell,
      ...(options.interval !== undefined && { intervalMs: options.interval }),
      ...(options.settle !== undefined && { settleMs: options.settle }),
      ...(options.verbose && { logger: { debug: tell } }),
      signal: interruption.signal,
    });
    const unseen = await startMonitor(monitor);
    const events = monitor.events({ initial: options.initial === true || filter.ports !== undefined });
    // The command has a stream of its own, so that its pace is its own too. Each line is printed before the command runs.
    void command?.runForEach(wanted(monitor.events(), filter));
    const render = renderer(options);
    for (const line of unseenLines(unseen)) tell(line);
    if (!options.ndjson) printClosedPorts(monitor, filter);
    for await (const event of wanted(events, filter)) await print(render(event), interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    await command?.stop();
    interruption.end();
  }
  const status = interruption.statusOfEndless ?? ExitStatus.found;
  await endUnlessTaken(status, OUTPUT_LIMIT_MS);
  return status;
}

/** The events as they are for who wants what passes the filter. What is not of a listener is for everybody. */
async function* wanted(
  events: AsyncIterable<PortEvent | MissedEvents>,
  filter: ListenerFilter,
): AsyncGenerator<PortEvent | MissedEvents, void> {
  for await (const event of events) {
    const narrowed = narrowEvent(event, (listener) => matches(listener, filter));
    if (narrowed !== undefined) yield narrowed;
  }
}

function commandWords(command: string, { shell }: WatchOptions): string[] {
  if (shell) return ['/bin/sh', '-c', command];
  const words = splitWords(command);
  if (words === undefined) throw new UsageError(`'${command}' has a quote that is not closed`);
  if (words.length === 0) throw new UsageError('--exec takes a command');
  return words;
}

function renderer(options: WatchOptions): (event: PortEvent | MissedEvents) => string {
  if (options.ndjson) return renderJsonLine;
  const color = wantsColor(process.stdout.isTTY, process.env);
  if (!areSeveral(options)) return (event) => renderEvent(event, { color });
  let placeWidth = Math.max(...(options.in ?? []).map(placeWidthOf));
  return (event) => {
    if ('place' in event) placeWidth = Math.max(placeWidth, placeWidthOf(event.place));
    return renderEvent(event, { color, placeWidth });
  };
}

function placeWidthOf(place: string): number {
  return textWidth(visibleText(place));
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
