import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { scaled } from '../../test-size.js';

interface Storm {
  readonly doorbell: 'tracefs' | 'clock';
  readonly processes: number;
  readonly listeners: number;
  /** How many ports each process has; fewer than it opens listeners makes it use them again. */
  readonly ports: number;
  readonly seconds: number;
  readonly connections: number;
}

interface Told {
  readonly type: string;
  readonly port?: number;
  readonly transient: boolean;
  readonly error?: string;
}

interface Account {
  /** What the processes of the storm wrote down: port, and when it was opened and closed. */
  readonly records: [port: number, openedNs: number, closedNs: number][];
  readonly told: Told[];
  readonly left: number;
  /** How long the machine, busy with the storm, kept the monitor waiting at most. */
  readonly delayMs: number;
  readonly connections: number;
}

/** Runs a storm in a network and a mount namespace of its own, with tracefs mounted in the latter. */
function weather(storm: Storm): Account {
  const script = fileURLToPath(new URL('record-storm.mjs', import.meta.url));
  const steps =
    'ip link set lo up; mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing; exec "$0" "$@"';
  const command = ['--net', '--mount', 'sh', '-c', steps, process.execPath, script, JSON.stringify(storm)];
  const output = execFileSync('unshare', command, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(output) as Account;
}

/** What happened on each port, in order. */
function byPort(told: readonly Told[]): Map<number, string[]> {
  const ports = new Map<number, string[]>();
  for (const { port = 0, type } of told) ports.set(port, [...(ports.get(port) ?? []), type]);
  return ports;
}

function lifetimes({ records }: Account): Map<number, number[]> {
  const ports = new Map<number, number[]>();
  for (const [port, opened, closed] of records)
    ports.set(port, [...(ports.get(port) ?? []), (closed - opened) / 1e6]);
  return ports;
}

const STORM = { processes: 4, listeners: scaled(10_000), seconds: scaled(6) };
const CONNECTIONS = scaled(50_000);

describe.skipIf(!MAY_MAKE_NAMESPACES).each([
  ['a storm of listeners', 0],
  [`a storm of listeners beside ${CONNECTIONS} connections`, CONNECTIONS],
])('in %s', (name, connections) => {
  test('tracefs tells of every one, however short, once and in order', () => {
    const account = weather({ ...STORM, doorbell: 'tracefs', ports: 500, connections });
    const { told, records, left } = account;
    const notes = told.filter(({ type }) => type !== 'opened' && type !== 'closed');
    expect(notes).toEqual([]);
    const truth = lifetimes(account);
    const seen = byPort(told);
    for (const [port, lives] of truth) {
      expect([port, seen.get(port)]).toEqual([port, lives.flatMap(() => ['opened', 'closed'])]);
    }
    // The crowd has a listener of its own.
    expect([...seen.keys()].filter((port) => !truth.has(port))).toHaveLength(connections > 0 ? 1 : 0);
    expect(left).toBe(0);
    expect(records).toHaveLength(STORM.listeners);
    expect(account.connections).toBe(connections);
    const transient = told.filter(({ type, transient }) => type === 'opened' && transient).length;
    console.log(
      `${name}, tracefs: ${records.length} opened, ${records.length} told, ${transient} of them transient`,
    );
  });

  test('the clock tells of every one that lived longer than its interval, and of none that was not there', () => {
    const account = weather({ ...STORM, doorbell: 'clock', ports: 2_500, connections });
    const { told, records, delayMs } = account;
    expect(told.filter(({ type }) => type !== 'opened' && type !== 'closed')).toEqual([]);
    const seen = byPort(told);
    const truth = lifetimes(account);
    // The interval, a look, and what the machine made them wait.
    const longMs = 100 + 20 + delayMs;
    let long = 0;
    let missed = 0;
    for (const [port, lives] of truth) {
      const events = seen.get(port) ?? [];
      expect(lives).toHaveLength(1);
      expect(['', 'opened closed']).toContain(events.join(' '));
      if ((lives[0] ?? 0) < longMs) continue;
      long++;
      if (events.length === 0) missed++;
    }
    expect([...seen.keys()].filter((port) => !truth.has(port))).toHaveLength(connections > 0 ? 1 : 0);
    expect(missed).toBe(0);
    console.log(
      `${name}, clock: ${records.length} opened, ${seen.size} told, ${long} lived over ${Math.round(longMs)} ms, none missed`,
    );
  });
});
