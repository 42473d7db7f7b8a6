import { readSync } from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Libc } from './libc.js';
import { loadLibc } from './load-libc.js';
import type { PollCommand, PollReport, PollWorkerData } from './poll-messages.js';
import { POLLFD_LENGTH } from './structs.js';

const POLLIN = 0x1;

/**
 * How long one poll() lasts at most. Whoever ends this thread wakes it first, but for a host program that runs a
 * monitor in a worker of its own and terminates that one: this is how long it waits then.
 */
const POLL_TIMEOUT_MS = 1000;

const { eventFd, loaded } = workerData as PollWorkerData;
const libc = load();
const armed = new Map<number, number>();

while (obey()) {
  const readable = poll();
  if (readable.length === 0) continue;
  for (const id of readable) armed.delete(id);
  report({ type: 'readable', ids: readable });
}

function load(): Libc {
  try {
    return loadLibc();
  } finally {
    Atomics.store(loaded, 0, 1);
    Atomics.notify(loaded, 0);
  }
}

/** Carries out the commands that have come; false when one of them is to stop. */
function obey(): boolean {
  for (;;) {
    const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
    if (received === undefined) return true;
    const command = received.message as PollCommand;
    if (command.type === 'stop') return false;
    if (command.type === 'arm') armed.set(command.id, command.fd);
    else {
      armed.delete(command.id);
      report({ type: 'disarmed', id: command.id });
    }
  }
}

/** Waits for one of the descriptors, or for commands; the ids of the descriptors that have something to tell. */
function poll(): number[] {
  const ids = [...armed.keys()];
  const pollFds = structPollFds([eventFd, ...armed.values()]);
  const count = libc.poll(pollFds, POLL_TIMEOUT_MS);
  if (count < 0 && count !== -constants.errno.EINTR) throw new Error(`poll: ${getSystemErrorName(count)}`);
  if (count <= 0) return [];
  if (revents(pollFds, 0) !== 0) readSync(eventFd, new Uint8Array(8));
  // Errors count as well: whoever reads the descriptor is told which one it is.
  return ids.filter((_, i) => revents(pollFds, i + 1) !== 0);
}

/** An array of `struct pollfd` (poll(2)): the descriptor, what is asked for, what is the answer. */
function structPollFds(fds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(fds.length * POLLFD_LENGTH);
  const ints = new Int32Array(bytes.buffer);
  const shorts = new Int16Array(bytes.buffer);
  for (const [i, fd] of fds.entries()) {
    ints[2 * i] = fd;
    shorts[4 * i + 2] = POLLIN;
  }
  return bytes;
}

function revents(pollFds: Uint8Array, index: number): number {
  return new Int16Array(pollFds.buffer)[4 * index + 3] ?? 0;
}

function report(message: PollReport): void {
  parentPort?.postMessage(message);
}
