import { describe, expect, test } from 'vitest';
import { attachProcesses } from '../../../src/places/attach-processes.js';
import { findHolders, findHoldersAmong } from '../../../src/processes/holders/find-holders.js';
import { startPython } from '../child.js';
import { listenerOf } from './listener-of.js';

/** An inode that no socket has. */
const NOBODY = 4_000_000_000;

/** The most CPU time that this process takes between two turns of the event loop. Other processes' time does not count. */
class LoopTurns {
  longestMs = 0;
  allMs = 0;
  #last = process.cpuUsage();
  #next = setImmediate(() => this.#turn());

  stop(): void {
    this.#note();
    clearImmediate(this.#next);
  }

  #turn(): void {
    this.#note();
    this.#next = setImmediate(() => this.#turn());
  }

  #note(): void {
    const { user, system } = process.cpuUsage(this.#last);
    const tookMs = (user + system) / 1000;
    this.longestMs = Math.max(this.longestMs, tookMs);
    this.allMs += tookMs;
    this.#last = process.cpuUsage();
  }
}

describe('the search', () => {
  test('lets the event loop go on beside a process with very many files, and finds what is behind them', async () => {
    await using child = await startPython<{ inode: number; files: number }>(`
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
files = min(hard, 100_100) - 100
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
fd = os.open('/dev/null', 0)
for _ in range(files): os.dup(fd)
s = listen()
say(inode=inode(s), files=files)
wait()`);
    for (const inode of [child.report.inode, NOBODY]) {
      const turns = new LoopTurns();
      const { pids } = await findHolders(new Set([inode]));
      turns.stop();
      expect([...pids]).toEqual(inode === NOBODY ? [] : [[inode, new Set([child.pid])]]);
      // On a slow machine each step takes longer, and so does the search.
      expect(turns.longestMs).toBeLessThan(Math.max(50, turns.allMs / 5));
    }
  });

  test('looks first where a process is said to have a socket, and trusts nothing but what it finds there', async () => {
    await using child = await startPython<{ inode: number; fd: number; other: number }>(`
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
fd = os.open('/dev/null', 0)
for _ in range(3000): os.dup(fd)
s = listen()
say(inode=inode(s), fd=s.fileno(), other=listen().fileno())
wait()`);
    const { pid, report } = child;
    const { inode, fd, other } = report;
    const found = (descriptor: number | null, thread = pid) =>
      [...findHoldersAmong([{ pid, thread, descriptor }], new Set([inode]))].map(([, pids]) => [...pids]);
    expect(found(fd)).toEqual([[pid]]);
    // Its thread has ended.
    expect(found(fd, 4_194_305)).toEqual([[pid]]);
    // It was closed, another one has its number, nobody told.
    for (const descriptor of [100_000, other, null]) expect(found(descriptor)).toEqual([]);
  });

  test('ends when it is aborted', async () => {
    const reason = new Error('enough');
    await expect(attachProcesses([listenerOf(NOBODY)], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    await using child = await startPython(`
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
fd = os.open('/dev/null', 0)
for _ in range(min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 20_000) - 100): os.dup(fd)
say()
wait()`);
    expect(child.pid).toBeGreaterThan(0);
    const controller = new AbortController();
    const search = findHolders(new Set([NOBODY]), {}, controller.signal);
    setImmediate(() => controller.abort(reason));
    await expect(search).rejects.toBe(reason);
  });
});
