import {
  type MissedEvents,
  type PortEvent,
  PortMonitor,
  type PortMonitorOptions,
  splitWords,
} from '@portolan/monitor';
import { includesPort } from '../arguments/ports.js';
import { ExitStatus } from '../exit-status.js';
import { type ListenerFilter, matches, matchesEndpoint } from '../filter.js';
import { wantsColor } from '../render/color.js';
import { renderJsonLine } from '../render/json.js';
import { tell } from '../standard-streams.js';
import { UsageError } from '../usage-error.js';
import { EventCommand } from '../watch/event-command.js';
import { renderEvent, renderNotOpen } from '../watch/event-line.js';
import type { WatchOptions } from './watch-options.js';

/** Prints a line an event until it is interrupted. */
export async function watch(filter: ListenerFilter, options: WatchOptions): Promise<ExitStatus> {
  const command =
    options.exec === undefined ? undefined : new EventCommand(commandWords(options.exec, options));
  if (options.shell && command === undefined) throw new UsageError('--shell goes with --exec');
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const monitor = new PortMonitor({
      sources: options.source,
      ...ownership(filter),
      doorbell: options.doorbell,
      ...(options.interval !== undefined && { intervalMs: options.interval }),
      ...(options.settle !== undefined && { settleMs: options.settle }),
      ...(options.verbose && { logger: { debug: tell } }),
      signal: ended.signal,
    });
    await monitor.start();
    const events = monitor.events({ initial: options.initial === true || filter.ports !== undefined });
    const print = printer(options);
    if (!options.ndjson) printClosedPorts(monitor, filter);
    for await (const event of events) {
      if (!isWanted(event, filter)) continue;
      print(event);
      if (event.type !== 'missed' && !isInitial(event)) command?.push(event, renderJsonLine(event));
    }
    await command?.stop();
    return ExitStatus.found;
  } catch (error) {
    if (ended.signal.aborted) return ExitStatus.found;
    throw error;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

/**
 * Lets the monitor tell what is found to be somebody's later as one that opens then. The first owner is enough for that: those
 * that go by processes stand first, and are known last.
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

function printer({ ndjson }: WatchOptions): (event: PortEvent | MissedEvents) => void {
  if (ndjson) return (event) => void process.stdout.write(renderJsonLine(event));
  const color = wantsColor(process.stdout.isTTY, process.env);
  return (event) => void process.stdout.write(renderEvent(event, color));
}

/** What is told of itself (sources, errors) is told to everybody; of listeners only those that pass. */
function isWanted(event: PortEvent | MissedEvents, filter: ListenerFilter): boolean {
  return !('listener' in event) || matches(event.listener, filter);
}

function isInitial(event: PortEvent): boolean {
  return event.type === 'opened' && event.initial === true;
}

/** Who names ports wants to know at once how they stand. */
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
