import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PortMonitor } from '../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { scaled } from '../test-size.js';
import { type ForestPlan, type Leaf, type ProcessForest, plant, TmuxGround } from './process-forest.js';

const SEED = 20261124;
const OWNERS = scaled(50);
/** So many of them are panes of a tmux server. */
const PANES = scaled(10);
/** Trees that nobody owns. */
const STRANGERS = 3;
const LEAVES = 8;
const PORTS_A_LEAF = 5;

describe.skipIf(!MAY_MAKE_NAMESPACES)(
  `${OWNERS * LEAVES * PORTS_A_LEAF} ports of ${OWNERS} terminals`,
  () => {
    const tmux = new TmuxGround();
    const forests: ProcessForest[] = [];
    const leaves: (readonly Leaf[])[] = [];

    beforeAll(enterTestNamespace);
    afterAll(async () => {
      for (const forest of forests) await forest[Symbol.asyncDispose]();
      await tmux[Symbol.asyncDispose]();
    });

    function plan(number: number): ForestPlan {
      return {
        seed: SEED + number,
        leaves: LEAVES,
        portsALeaf: PORTS_A_LEAF,
        firstPort: 10_000 + number * LEAVES * PORTS_A_LEAF,
        environment: number < OWNERS ? { TERMINAL_ID: String(number) } : {},
      };
    }

    const ownerOf = (number: number) => (number < OWNERS ? [`terminal ${number}`] : []);

    /** What each port should have, and what it has. */
    function compare(monitor: PortMonitor, expected: (number: number, leaf: Leaf) => string[]) {
      const owners = new Map(monitor.listeners().map((listener) => [listener.port, listener.owners]));
      const wrong: unknown[] = [];
      let right = 0;
      for (const [number, grown] of leaves.entries()) {
        for (const leaf of grown) {
          for (const port of leaf.ports) {
            const want = expected(number, leaf);
            const have = owners.get(port);
            if (JSON.stringify(have) === JSON.stringify(want)) right++;
            else wrong.push({ port, want, have, ...leaf });
          }
        }
      }
      return { right, wrong, seen: owners.size };
    }

    test('have exactly their owners, whatever became of the way up to them', async () => {
      await using monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6 });
      await monitor.start();
      for (let number = 0; number < OWNERS + STRANGERS; number++) {
        const forest = number < PANES ? tmux.plant(plan(number)) : plant(plan(number));
        forests.push(forest);
        if (number < OWNERS) monitor.own({ name: `terminal ${number}`, pid: forest.pid });
      }
      leaves.push(...(await Promise.all(forests.map((forest) => forest.grow()))));
      await monitor.refresh();
      // Who has so much to find out says it later, with `changed`.
      await vi.waitFor(
        () => expect(monitor.listeners().every(({ processes }) => processes?.length)).toBe(true),
        60_000,
      );
      const { right, wrong, seen } = compare(monitor, ownerOf);
      expect(wrong).toEqual([]);
      expect(right).toBe((OWNERS + STRANGERS) * LEAVES * PORTS_A_LEAF);
      expect(seen).toBe(right);
      const all = leaves.flat();
      const detached = all.filter((leaf) => leaf.detached).length;
      const cleared = all.filter((leaf) => leaf.cleared).length;
      expect(detached).toBeGreaterThan(OWNERS);
      console.log(
        `right owner: ${right} ports of ${all.length} processes, ${detached} of them detached, ${cleared} without environment`,
      );
    });

    test('have them also where the owners come afterwards, as far as ancestors and environment lead', async () => {
      await using monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6 });
      await monitor.start();
      for (const [number, { pid }] of forests.entries()) {
        if (number >= OWNERS) continue;
        monitor.own({ name: `terminal ${number}`, pid });
        monitor.own({ name: `terminal ${number}`, environment: `TERMINAL_ID=${number}` });
      }
      const isLost = ({ detached, cleared, unmarked }: Leaf) => detached && cleared && unmarked;
      const { right, wrong } = compare(monitor, (number, leaf) => (isLost(leaf) ? [] : ownerOf(number)));
      expect(wrong).toEqual([]);
      expect(right).toBe((OWNERS + STRANGERS) * LEAVES * PORTS_A_LEAF);
      const lost = leaves.flat().filter(isLost).length;
      console.log(
        `right owner, afterwards: ${right} ports; ${lost} processes had left no mark, and have no owner`,
      );
    });
  },
);
