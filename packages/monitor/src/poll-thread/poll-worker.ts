import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { getSystemErrorName } from 'node:util';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Libc } from '../kernel/calls.js';
import { Eventfd } from '../kernel/eventfd.js';
import { loadLibc } from '../kernel/load-libc.js';
import { PollFds } from './poll-fds.js';
import type { PollCommand, PollReport, PollWorkerData } from './poll-messages.js';
import { TimedDump } from './timed-dump.js';

/**
 * The longest that one poll() lasts. The library wakes this thread before it ends it. A host program that runs a monitor in
 * a worker and terminates that worker does not, and waits this long.
 */
const POLL_TIMEOUT_MS = 1000;

interface WatchedDump {
  readonly id: number;
  readonly dump: TimedDump;
  isArmed: boolean;
}

const { commands, eventFd, loaded } = workerData as PollWorkerData;
const libc = load();
const wakeUp = new Eventfd(libc, eventFd);
const descriptors = new Map<number, { readonly fd: number; isArmed: boolean }>();
const dumps = new Map<number, WatchedDump>();
let pollFds = new PollFds(eventFd, []);
/** The time as far as is known. What poll() waited is added to it, since to read the clock costs more. */
let now = performance.now();

for (let goesOn = true, timeoutMs = POLL_TIMEOUT_MS; goesOn; timeoutMs = takeDumps()) {
  const count = libc.poll(pollFds.bytes, timeoutMs);
  if (count < 0 && count !== -constants.errno.EINTR) throw new Error(`poll: ${getSystemErrorName(count)}`);
  now = count === 0 ? now + timeoutMs : performance.now();
  if (count > 0) {
    reportReady(pollFds.ready());
    if (pollFds.isWoken) {
      wakeUp.read();
      goesOn = obey();
    }
    pollFds = new PollFds(eventFd, armed());
  }
}

function load(): Libc {
  try {
    return loadLibc();
  } finally {
    Atomics.store(loaded, 0, 1);
    Atomics.notify(loaded, 0);
  }
}

/** Carries out the commands that have come; false after the command to stop. */
function obey(): boolean {
  for (;;) {
    const received = receiveMessageOnPort(commands);
    if (received === undefined) return true;
    const command = received.message as PollCommand;
    if (command.type === 'stop') return false;
    carryOut(command);
  }
}

function carryOut(command: Exclude<PollCommand, { type: 'stop' }>): void {
  const { id } = command;
  if (command.type === 'watch') {
    const { subject } = command;
    if (subject.kind === 'readable') descriptors.set(id, { fd: subject.fd, isArmed: true });
    else dumps.set(id, { id, dump: new TimedDump(libc, subject), isArmed: true });
  } else if (command.type === 'arm') {
    const watched = descriptors.get(id) ?? dumps.get(id);
    if (watched !== undefined) watched.isArmed = true;
  } else if (command.type === 'renew') {
    dumps.get(id)?.dump.forget();
  } else {
    descriptors.delete(id);
    dumps.delete(id);
    report({ type: 'forgotten', id });
  }
}

function* armed(): Generator<readonly [id: number, fd: number]> {
  for (const [id, { fd, isArmed }] of descriptors) if (isArmed) yield [id, fd];
  for (const [id, { dump, isArmed }] of dumps) if (isArmed) yield [id, dump.fd];
}

function reportReady(ids: readonly number[]): void {
  const readable: number[] = [];
  for (const id of ids) {
    dumps.get(id)?.dump.sawMore();
    const descriptor = descriptors.get(id);
    if (descriptor === undefined) continue;
    descriptor.isArmed = false;
    readable.push(id);
  }
  if (readable.length > 0) report({ type: 'ready', ids: readable });
}

/**
 * Takes the dumps that are due.
 *
 * @returns the milliseconds until the next one is due
 */
function takeDumps(): number {
  if (dumps.size === 0) return POLL_TIMEOUT_MS;
  let nextAt = now + POLL_TIMEOUT_MS;
  for (const watched of dumps.values()) {
    const { dump } = watched;
    if (watched.isArmed && dump.dueAt <= now) {
      take(watched);
      now = dump.takenAt;
    }
    if (watched.isArmed && dump.dueAt < nextAt) nextAt = dump.dueAt;
  }
  return Math.max(0, Math.ceil(nextAt - now));
}

function take(watched: WatchedDump): void {
  const { id, dump } = watched;
  try {
    if (!dump.hasChanged(now)) return;
    watched.isArmed = false;
    report({ type: 'ready', ids: [id] });
  } catch (error) {
    watched.isArmed = false;
    dumps.delete(id);
    pollFds = new PollFds(eventFd, armed());
    report({ type: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

function report(message: PollReport): void {
  parentPort?.postMessage(message);
}
