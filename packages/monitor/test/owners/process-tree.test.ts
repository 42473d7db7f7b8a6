import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProcessTree, type Root } from '../../src/owners/process-tree.js';

interface Simulated {
  readonly pid: number;
  readonly startTicks: number;
  parentPid: number;
  /** What a perfect memory knows: the roots above it, nearest first, from the moment of its fork. */
  roots: readonly Root[];
}

/** Processes that fork and end as they are told. Pids are few, so that they are used again and again. */
class Machine {
  readonly alive = new Map<number, Simulated>();
  readonly forks: { parent: number; child: number }[] = [];
  #clock = 1;

  constructor() {
    this.alive.set(1, { pid: 1, startTicks: 0, parentPid: 0, roots: [] });
  }

  readonly lookup = {
    readStat: (pid: number) => {
      const process = this.alive.get(pid);
      return process === undefined
        ? null
        : { name: 'x', parentPid: process.parentPid, startTicks: process.startTicks };
    },
    childrenOf: (pid: number) =>
      [...this.alive.values()].filter(({ parentPid }) => parentPid === pid).map((child) => child.pid),
  };

  pick(number: number): Simulated {
    const all = [...this.alive.values()];
    return all[number % all.length] as Simulated;
  }

  fork(parent: Simulated, pid: number): void {
    if (this.alive.has(pid)) return;
    this.alive.set(pid, { pid, startTicks: this.#clock++, parentPid: parent.pid, roots: parent.roots });
    this.forks.push({ parent: parent.pid, child: pid });
  }

  end({ pid }: Simulated): void {
    if (pid === 1) return;
    this.alive.delete(pid);
    for (const each of this.alive.values()) if (each.parentPid === pid) each.parentPid = 1;
  }

  ancestorsOf({ parentPid }: Simulated): Simulated[] {
    const parent = this.alive.get(parentPid);
    return parent === undefined ? [] : [parent, ...this.ancestorsOf(parent)];
  }
}

const step = fc.record({
  what: fc.constantFrom('fork', 'fork', 'fork', 'end', 'own', 'disown', 'ask'),
  number: fc.nat(1000),
  pid: fc.integer({ min: 2, max: 14 }),
});

describe('a tree of processes', () => {
  test('knows who is below whom, whoever forks, ends, is owned and gets the pid of another', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const machine = new Machine();
        const tree = new ProcessTree(machine.lookup);
        const roots: Root[] = [];
        const tell = () => {
          for (const fork of machine.forks.splice(0)) tree.forked(fork);
        };
        for (const { what, number, pid } of steps) {
          const process = machine.pick(number);
          if (what === 'fork') machine.fork(process, pid);
          if (what === 'end') machine.end(process);
          if (what === 'own' && !roots.some((root) => root.pid === process.pid)) {
            const root = { name: `${roots.length}`, pid: process.pid, startTicks: process.startTicks };
            tell();
            own(machine, process, root);
            tree.add(root);
            roots.push(root);
          }
          const [gone] = what === 'disown' ? roots.splice(number % (roots.length || 1), 1) : [];
          if (gone !== undefined) {
            tree.remove(gone);
            for (const each of machine.alive.values())
              each.roots = each.roots.filter((root) => root !== gone);
          }
          if (what === 'ask') {
            tell();
            expect(tree.rootsOf(process, machine.ancestorsOf(process))).toEqual(process.roots);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('is as deep as processes are nested', () => {
    const depth = 100_000;
    const lookup = {
      readStat: () => ({ name: 'x', parentPid: 0, startTicks: 0 }),
      childrenOf: (pid: number) => (pid < depth ? [pid + 1] : []),
    };
    const tree = new ProcessTree(lookup);
    const root = { name: 'mine', pid: 2, startTicks: 0 };
    tree.add(root);
    expect(tree.rootsOf({ pid: depth, startTicks: 0 }, [])).toEqual([root]);
  });

  test('keeps what is below, where forks were lost, as far as ancestors lead', () => {
    const machine = new Machine();
    const tree = new ProcessTree(machine.lookup);
    machine.fork(machine.pick(0), 2);
    const root = { name: 'mine', pid: 2, startTicks: machine.alive.get(2)?.startTicks ?? 0 };
    tree.add(root);
    machine.fork(machine.alive.get(2) as Simulated, 3);
    machine.fork(machine.alive.get(3) as Simulated, 4);
    tree.lost();
    machine.end(machine.alive.get(3) as Simulated);
    const orphan = machine.alive.get(4) as Simulated;
    expect(tree.rootsOf(orphan, machine.ancestorsOf(orphan))).toEqual([root]);
  });
});

/** A new root stands above all that is below it now, and below what it is itself below. */
function own(machine: Machine, process: Simulated, root: Root): void {
  const above = process.roots;
  process.roots = [root, ...above];
  const below = machine.lookup.childrenOf(process.pid);
  for (let pid = below.pop(); pid !== undefined; pid = below.pop()) {
    const child = machine.alive.get(pid) as Simulated;
    const nearer = child.roots.filter((each) => !above.includes(each));
    child.roots = [...nearer, root, ...above];
    below.push(...machine.lookup.childrenOf(pid));
  }
}
