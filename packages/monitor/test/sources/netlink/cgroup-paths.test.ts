import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { CgroupPaths } from '../../../src/sources/netlink/cgroup-paths.js';
import { CGROUP_ROOT } from '../../owners/cgroup-root.js';

const MAY_MAKE_CGROUPS = process.getuid?.() === 0 && existsSync(`${CGROUP_ROOT}/cgroup.procs`);
const TOP = `/portolan-test-paths-${process.pid}`;

describe.skipIf(!MAY_MAKE_CGROUPS)('the path of a cgroup', () => {
  const made: string[] = [];

  afterEach(() => {
    for (const path of made.splice(0).reverse()) if (existsSync(`${CGROUP_ROOT}${path}`)) remove(path);
  });

  /** @returns its id */
  function make(path: string): number {
    mkdirSync(`${CGROUP_ROOT}${path}`);
    made.push(path);
    return statSync(`${CGROUP_ROOT}${path}`).ino;
  }

  function remove(path: string): void {
    rmdirSync(`${CGROUP_ROOT}${path}`);
  }

  async function find(paths: CgroupPaths, ...ids: number[]) {
    await paths.find(new Set(ids));
    return ids.map((id) => paths.path(id));
  }

  /** Knows all that is there now, as after the first look. */
  async function experienced(): Promise<CgroupPaths> {
    const paths = new CgroupPaths();
    await find(paths, statSync(CGROUP_ROOT).ino);
    return paths;
  }

  /** A process in a cgroup, as long as it is not disposed of. */
  async function processIn(path: string): Promise<AsyncDisposable> {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');
    writeFileSync(`${CGROUP_ROOT}${path}/cgroup.procs`, String(child.pid));
    return {
      async [Symbol.asyncDispose]() {
        const exit = once(child, 'exit');
        child.stdin.end();
        await exit;
      },
    };
  }

  test('is known after a search, and not before', async () => {
    const id = make(TOP);
    const paths = new CgroupPaths();
    expect(paths.path(id)).toBeUndefined();
    expect(await find(paths, id, statSync(CGROUP_ROOT).ino)).toEqual([TOP, '/']);
  });

  test('is found by a process in it, without a walk through all the others', async () => {
    const paths = await experienced();
    const other = make(TOP);
    const id = make(`${TOP}/inner`);
    await using _ = await processIn(`${TOP}/inner`);
    expect(await find(paths, id)).toEqual([`${TOP}/inner`]);
    expect(paths.path(other)).toBeUndefined();
  });

  test('is found where no process is in it any more', async () => {
    const paths = await experienced();
    const id = make(TOP);
    expect(await find(paths, id)).toEqual([TOP]);
  });

  test('is that of the cgroup which has the name now, for each by its id', async () => {
    const paths = await experienced();
    const first = make(TOP);
    expect(await find(paths, first)).toEqual([TOP]);
    remove(TOP);
    const second = make(TOP);
    await using _ = await processIn(TOP);
    expect(await find(paths, second)).toEqual([TOP]);
    expect(second).not.toBe(first);
  });

  test('of one that was removed is null, and is not searched for again', async () => {
    const paths = await experienced();
    const id = make(TOP);
    remove(TOP);
    expect(await find(paths, id)).toEqual([null]);
  });

  test('is searched for in slices among many, by one search for all who ask', async () => {
    const paths = new CgroupPaths();
    make(TOP);
    const ids = Array.from({ length: 500 }, (_, i) => make(`${TOP}/${i}`));
    let turns = 0;
    let isOver = false;
    const searches = ids.map((id) => paths.find(new Set([id])));
    const all = Promise.all(searches).then(() => {
      isOver = true;
    });
    while (!isOver) {
      await setImmediate();
      turns++;
    }
    await all;
    expect(turns).toBeGreaterThan(1);
    expect(ids.map((id) => paths.path(id))).toEqual(ids.map((_, i) => `${TOP}/${i}`));
  });
});
