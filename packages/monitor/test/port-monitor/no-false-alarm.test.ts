import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { PortMonitor } from '../../src/index.js';
import type { Libc } from '../../src/kernel/calls.js';
import { loadLibc } from '../../src/kernel/load-libc.js';
import { OwnNamespace } from '../../src/kernel/namespaces/network-namespace.js';
import { createSources } from '../../src/sources/create-sources.js';
import { NetlinkSource } from '../../src/sources/netlink/netlink-source.js';
import { ProcSource } from '../../src/sources/proc/proc-source.js';
import { SsSource } from '../../src/sources/ss/ss-source.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { scaled } from '../test-size.js';

vi.mock('../../src/sources/create-sources.js');

const { EPERM, EAGAIN } = constants.errno;
const SEED = 20261124;
const STEPS = scaled(2800);
/** The seed makes of the steps about so many times more. */
const SWITCHES = scaled(1000);
const PROC_FILES = ['tcp', 'tcp6', 'udp', 'udp6', 'sockstat', 'sockstat6'];
const { PATH } = process.env;

/** Of another process, as a monitor leaves out its own. */
const SERVER = `
import socket
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
def bound(family, kind, address, *options):
    one = socket.socket(family, kind)
    for level, name, value in options: one.setsockopt(level, name, value)
    one.bind(address)
    if kind == TCP: one.listen(1)
    return one
only6 = lambda value: (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, value)
shared = (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
held = [
    bound(socket.AF_INET, TCP, ('127.0.0.1', 80)),
    bound(socket.AF_INET6, TCP, ('::', 443), only6(1)),
    bound(socket.AF_INET6, TCP, ('::', 8080), only6(0)),
    bound(socket.AF_INET, UDP, ('0.0.0.0', 53)),
    bound(socket.AF_INET, TCP, ('0.0.0.0', 90), shared),
    bound(socket.AF_INET, TCP, ('0.0.0.0', 90), shared),
]
print('ready', flush=True)
input()
`;

const NETLINK = ['works', 'works', 'works', 'refused', 'breaks off', 'garbage', 'no library'] as const;
const PROC = ['works', 'works', 'cut', 'garbage', 'missing', 'empty'] as const;
/** How often one hangs is bounded: each time takes five seconds. */
const SS = ['works', 'exits', 'garbage', 'cut', 'silent'] as const;

/** What is wrong with each source from now on, and how many seconds pass until the next look. */
const step = fc.record({
  netlink: fc.constantFrom(...NETLINK),
  proc: fc.constantFrom(...PROC),
  ss: fc.constantFrom(...SS),
  seconds: fc.integer({ min: 20, max: 120 }),
  cut: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('while the sources fail and come back', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-faults-'));
  const whole = new Map<string, Buffer>();
  const real = execFileSync('/bin/sh', ['-c', 'command -v ss'], { encoding: 'utf8' }).trim();
  let server: ChildProcessByStdio<Writable, Readable, null>;
  let netlink: (typeof NETLINK)[number] = 'works';
  let ss: (typeof SS)[number] | 'hangs' | undefined;
  /** The file of /proc/net that is not as it was. */
  let broken: string | undefined;

  beforeAll(async () => {
    enterTestNamespace();
    server = spawn('python3', ['-c', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(server.stdout, 'data');
    for (const name of PROC_FILES) whole.set(name, readFileSync(`/proc/net/${name}`));
    process.env.PATH = `${directory}${delimiter}${PATH}`;
    vi.mocked(createSources).mockImplementation(() => [
      new NetlinkSource(undefined, faultyLibc),
      new ProcSource(new OwnNamespace(directory)),
      new SsSource(),
    ]);
  });

  afterEach(() => vi.useRealTimers());

  afterAll(async () => {
    process.env.PATH = PATH;
    server.stdin.end('\n');
    await once(server, 'exit');
    rmSync(directory, { recursive: true });
  });

  function faultyLibc(): Libc {
    const real = loadLibc();
    return new Proxy(real, {
      get: (target, key) => {
        const call = target[key as keyof Libc].bind(target);
        if (netlink === 'no library') throw new Error('no native calls');
        if (netlink === 'refused' && key === 'send') return () => -EPERM;
        if (netlink === 'breaks off' && key === 'recv') return () => -EAGAIN;
        if (netlink === 'garbage' && key === 'recv')
          return (_: number, to: Uint8Array) => to.fill(7, 0, 64).length && 64;
        return call;
      },
    });
  }

  function breakProc(how: (typeof PROC)[number], cut: number): void {
    mend();
    const tcp = whole.get('tcp') ?? Buffer.alloc(0);
    // Within a row: the kernel hands out whole ones, so that a cut between two is none that there can be.
    const at = Math.floor(cut * tcp.length);
    if (how === 'cut') replace('tcp', tcp.subarray(0, tcp[at - 1] === 0x0a ? at + 5 : at));
    if (how === 'garbage') replace('tcp6', Buffer.alloc(5000, 'x\n'));
    if (how === 'missing') rmSync(join(directory, 'tcp'));
    if (how === 'empty') replace('udp', Buffer.alloc(0));
    broken = { cut: 'tcp', garbage: 'tcp6', missing: 'tcp', empty: 'udp', works: undefined }[how];
  }

  function mend(): void {
    if (broken !== undefined) replace(broken, whole.get(broken) ?? Buffer.alloc(0));
  }

  /** In place, as the file may be open; and emptied last, as a disk waits for what an emptied file is filled with. */
  function replace(name: string, content: Buffer): void {
    const path = join(directory, name);
    writeFileSync(path, content, { flag: existsSync(path) ? 'r+' : 'w' });
    truncateSync(path, content.length);
  }

  function breakSs(how: (typeof SS)[number] | 'hangs'): void {
    const scripts = {
      works: `exec ${real} "$@"`,
      exits: 'exit 1',
      garbage: 'head -c 5000 /dev/urandom',
      cut: `${real} "$@" | head -c 300`,
      silent: 'exit 0',
      hangs: 'exec sleep 600',
    };
    if (how !== ss) replace('ss', Buffer.from(`#!/bin/sh\n${scripts[how]}\n`));
    ss = how;
  }

  test('nothing opens and nothing closes', async () => {
    for (const [name, content] of whole) replace(name, content);
    breakSs('works');
    chmodSync(join(directory, 'ss'), 0o755);
    vi.useFakeTimers({ toFake: ['performance'] });
    await using monitor = new PortMonitor({
      doorbell: 'clock',
      intervalMs: 1e9,
      processes: false,
      history: 10_000,
    });
    await monitor.start();
    const known = monitor.listeners();
    expect(known).toHaveLength(5);
    const counts = { source: 0, error: 0, opened: 0, closed: 0, changed: 0 };
    for (const type of Object.keys(counts) as (keyof typeof counts)[])
      monitor.on(type, () => void counts[type]++);

    const steps = fc.sample(step, { seed: SEED, numRuns: STEPS });
    for (const [i, faults] of steps.entries()) {
      netlink = faults.netlink;
      breakProc(faults.proc, faults.cut);
      breakSs(i % 1000 === 999 ? 'hangs' : faults.ss);
      vi.advanceTimersByTime(1000 * faults.seconds);
      await monitor.refresh();
    }
    expect(counts).toMatchObject({ opened: 0, closed: 0, changed: 0 });
    expect(counts.source).toBeGreaterThanOrEqual(SWITCHES);
    expect(counts.error).toBeGreaterThan(0);
    expect(monitor.listeners().map(({ port }) => port)).toEqual(known.map(({ port }) => port));
    console.log(
      `no false alarm: ${STEPS} looks, ${counts.source} switches, ${counts.error} times without any source`,
    );
  });
});
