import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareListeners, type Listener, listenerKey } from '../../../src/listener.js';
import { difference } from '../../../src/port-monitor/difference.js';
import type { ListenRecord } from '../../../src/port-monitor/doorbells/tracefs/parse-trace.js';
import type { Hearing } from '../../../src/port-monitor/records/heard-closings.js';
import { postpone, replayRecords } from '../../../src/port-monitor/records/replay.js';
import { listenerAt } from '../listener-at.js';

const own = (): Hearing => 'heard';

function record(type: 'opened' | 'closed', port: number, atNs: number, pid = 1): ListenRecord {
  const descriptor = type === 'opened' ? 3 : null;
  return {
    type,
    family: 4,
    address: '127.0.0.1',
    port,
    pid,
    thread: pid,
    isOwn: true,
    descriptor,
    atNs: BigInt(atNs),
  };
}

describe('the records between two looks', () => {
  test('tell of a listener that neither look saw', () => {
    const { transients } = replayRecords(
      [],
      [],
      [record('opened', 80, 1), record('closed', 80, 2)],
      { lookBeganNs: 10n },
      own,
    );
    expect(transients).toMatchObject([{ opened: { port: 80 }, closed: { port: 80 } }]);
  });

  test('tell that a listener closed and opened again though both looks saw one', () => {
    const records = [record('closed', 80, 1), record('opened', 80, 2)];
    const { reopened, transients } = replayRecords(
      [listenerAt(80, 1)],
      [listenerAt(80, 2)],
      records,
      { lookBeganNs: 10n },
      own,
    );
    expect([...reopened]).toEqual(['tcp 127.0.0.1:80']);
    expect(transients).toEqual([]);
  });

  test('tell nothing of a second socket on the same endpoint', () => {
    const records = [record('opened', 80, 1), record('closed', 80, 2)];
    const look = [listenerAt(80, 1)];
    expect(replayRecords(look, look, records, { lookBeganNs: 10n }, own)).toMatchObject({
      transients: [],
      reopened: new Set(),
    });
  });

  test('tell nothing of what closed elsewhere', () => {
    const records = [record('opened', 80, 1), record('closed', 80, 2)];
    const told = replayRecords([], [], records, { lookBeganNs: 10n }, () => 'unheard');
    expect(told).toMatchObject({ transients: [], carried: [], unsettled: new Map() });
  });

  test('wait while it is not yet told where something closed, and keep nobody else waiting', () => {
    const records = [record('opened', 80, 1), record('closed', 80, 2)];
    const told = replayRecords([], [], records, { lookBeganNs: 10n }, () => 'waiting');
    expect(told).toMatchObject({ transients: [], carried: records, unsettled: new Map() });
  });

  test('tell what is open only when it is told whether the one before it was here', () => {
    const [opened, closed, again] = [
      record('opened', 80, 1),
      record('closed', 80, 2),
      record('opened', 80, 3),
    ];
    const after = [listenerAt(80, 1)];
    const replay = (hearing: Hearing) =>
      replayRecords([], after, [opened, closed, again], { lookBeganNs: 10n }, () => hearing);
    expect(replay('waiting')).toMatchObject({
      unsettled: new Map([['tcp 127.0.0.1:80', { port: 80 }]]),
      isYoung: false,
    });
    expect(replay('heard')).toMatchObject({ unsettled: new Map(), transients: [{ opened, closed }] });
    expect(replay('unheard')).toMatchObject({ unsettled: new Map(), transients: [] });
  });

  test('do not end what stays open, when another one of that endpoint closes elsewhere', () => {
    const look = [listenerAt(80, 1)];
    const records = [record('closed', 80, 2), record('closed', 80, 11)];
    const told = replayRecords(look, look, records, { lookBeganNs: 10n }, () => 'unheard');
    expect(told).toMatchObject({ ended: new Set(), reopened: new Set() });
    const waiting = replayRecords(look, look, records, { lookBeganNs: 10n }, () => 'waiting');
    expect(waiting).toMatchObject({ ended: new Set(), reopened: new Set() });
  });

  test('keep nothing waiting for a closing without which the looks show all', () => {
    const closed = record('closed', 80, 2);
    const replay = (before: Listener[], after: Listener[], ...records: ListenRecord[]) =>
      replayRecords(before, after, [closed, ...records], { lookBeganNs: 10n }, (each) =>
        each === closed ? 'waiting' : 'heard',
      );
    const look = [listenerAt(80, 1)];
    const nothing = { unsettled: new Map(), carried: [], ended: new Set(), transients: [] };
    expect(replay(look, look)).toMatchObject(nothing);
    expect(replay([], look, record('opened', 80, 3))).toMatchObject(nothing);
    expect(replay(look, [], record('closed', 80, 3))).toMatchObject(nothing);
  });

  test('do not tell of what one thread opened and closed in a call that was not recorded whole', () => {
    const opened = { ...record('opened', 80, 1), descriptor: null };
    const closed = record('closed', 80, 2);
    const replay = (...records: ListenRecord[]) =>
      replayRecords([], [], records, { lookBeganNs: 10n }, own).transients;
    expect(replay(opened, closed)).toEqual([]);
    expect(replay(opened, { ...closed, thread: 5 })).toHaveLength(1);
  });

  test('that are younger than the look wait for the next', () => {
    const records = [record('opened', 80, 1), record('closed', 80, 11)];
    const { unsettled, carried, transients } = replayRecords([], [], records, { lookBeganNs: 10n }, own);
    expect([...unsettled.keys()]).toEqual(['tcp 127.0.0.1:80']);
    expect(carried).toEqual(records);
    expect(transients).toEqual([]);
  });

  test('wait only from where it was closed last, so that one that never rests does not gather them for ever', () => {
    const flaps = Array.from({ length: 200_000 }, (_, i) => record(i % 2 ? 'closed' : 'opened', 80, i));
    const young = record('opened', 80, 200_001);
    const { unsettled, carried, transients } = replayRecords(
      [],
      [],
      [...flaps, young],
      { lookBeganNs: 200_000n },
      own,
    );
    expect([...unsettled.keys()]).toEqual(['tcp 127.0.0.1:80']);
    expect(carried).toEqual([young]);
    expect(transients).toHaveLength(100_000);
  });

  test('of a listen() that has not returned wait, and come again', () => {
    const records = [record('opened', 80, 1), record('closed', 80, 2), record('opened', 80, 3)];
    const underWay = new Set(records.slice(2));
    const look = [listenerAt(80, 1)];
    const { unsettled, carried, transients } = replayRecords(
      [],
      look,
      records,
      { lookBeganNs: 10n, underWay },
      own,
    );
    expect([...unsettled.keys()]).toEqual(['tcp 127.0.0.1:80']);
    expect(carried).toEqual([]);
    expect(transients).toHaveLength(1);
  });

  test('of an opening that the look after it does not show wait for that of its closing', () => {
    const opened = record('opened', 80, 1);
    const waiting = replayRecords([], [], [opened], { lookBeganNs: 10n }, own);
    expect(waiting).toMatchObject({
      unsettled: new Map(),
      carried: [opened],
      transients: [],
    });
    const records = [...waiting.carried, record('closed', 80, 5)];
    expect(replayRecords([], [], records, { lookBeganNs: 20n }, own)).toMatchObject({
      unsettled: new Map(),
      transients: [{ opened, closed: { port: 80 } }],
    });
    const late = replayRecords([], [], [opened], { lookBeganNs: 2_000_000_002n }, own);
    expect(late).toMatchObject({ unsettled: new Map(), carried: [], transients: [] });
  });

  test('tell that a listener ended though the closing of the next one is yet to be recorded', () => {
    const records = [record('closed', 80, 1), record('opened', 80, 2)];
    const told = replayRecords([listenerAt(80, 1)], [], records, { lookBeganNs: 10n }, own);
    expect([...told.ended]).toEqual(['tcp 127.0.0.1:80']);
    expect(told.carried).toEqual(records.slice(1));
  });

  test('tell that a listener ended though it opens and closes again while the look goes on', () => {
    const records = [record('closed', 80, 1), record('opened', 80, 2), record('closed', 80, 11)];
    const before = [listenerAt(80, 1)];
    const told = replayRecords(before, [], records, { lookBeganNs: 10n }, own);
    expect([...told.ended]).toEqual(['tcp 127.0.0.1:80']);
    expect(told.carried).toEqual(records.slice(1));
    expect(postpone(before, [], told)).toEqual([]);
  });
});

/** What happens on a few ports, and when somebody looks: each look takes time, and sees what happens meanwhile or not. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('open' as const), port: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('close' as const), port: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      meanwhile: fc.array(
        fc.record({ port: fc.integer({ min: 1, max: 4 }), open: fc.boolean(), isSeen: fc.boolean() }),
        { maxLength: 4 },
      ),
    }),
  },
);

test('are held against the few listeners that they are of, however many others are open', () => {
  let asked = 0;
  const look = Array.from({ length: 10_000 }, (_, i) => {
    const listener = listenerAt(1000 + i);
    return Object.defineProperty({ ...listener }, 'address', {
      get() {
        asked++;
        return listener.address;
      },
    });
  });
  const records = [record('closed', 4000, 1), record('opened', 4000, 2)];
  expect(replayRecords(look, look, records, { lookBeganNs: 10n }, own).reopened.size).toBe(1);
  expect(asked).toBeLessThan(10);
});

test('together with the looks tell each opening and closing once, in order, and no other', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const sockets = new Map<number, number[]>();
      const truth: string[] = [];
      const told: string[] = [];
      let records: ListenRecord[] = [];
      let seen: readonly Listener[] = [];
      let clock = 0;

      /** One socket opens or closes; says whether that was possible. */
      const act = (port: number, open: boolean): boolean => {
        const inodes = sockets.get(port) ?? [];
        if (!open && inodes.length === 0) return false;
        records.push(record(open ? 'opened' : 'closed', port, ++clock));
        const left = open ? [...inodes, clock] : inodes.slice(1);
        if (open ? inodes.length === 0 : left.length === 0)
          truth.push(`${port} ${open ? 'opened' : 'closed'}`);
        sockets.set(port, left);
        return true;
      };
      const view = () => {
        const open = [...sockets].filter(([, inodes]) => inodes.length > 0);
        return open.map(([port, inodes]) => listenerAt(port, ...inodes)).sort(compareListeners);
      };
      const look = (meanwhile: readonly { port: number; open: boolean; isSeen: boolean }[]) => {
        const began = BigInt(++clock);
        const views = new Map(view().map((each) => [each.port, each]));
        for (const { port, open, isSeen } of meanwhile) {
          if (!act(port, open) || !isSeen) continue;
          const now = view().find((each) => each.port === port);
          if (now === undefined) views.delete(port);
          else views.set(port, now);
        }
        const after = [...views.values()].sort(compareListeners);
        const replayed = replayRecords(seen, after, records, { lookBeganNs: began }, own);
        const { transients, reopened } = replayed;
        records = [...replayed.carried];
        const next = postpone(seen, after, replayed);
        const { opened, closed, replaced } = difference(seen, next);
        const again = replaced.filter(({ before }) => reopened.has(listenerKey(before)));
        for (const { port } of closed) told.push(`${port} closed`);
        for (const { before } of again) told.push(`${before.port} closed`);
        for (const {
          opened: { port },
        } of transients)
          told.push(`${port} opened`, `${port} closed`);
        for (const { port } of opened) told.push(`${port} opened`);
        for (const {
          after: { port },
        } of again)
          told.push(`${port} opened`);
        seen = next;
      };

      for (const each of steps) {
        if (each.kind === 'look') look(each.meanwhile);
        else act(each.port, each.kind === 'open');
      }
      look([]);
      look([]);
      for (const port of [1, 2, 3, 4]) {
        const ofPort = (line: string) => line.startsWith(`${port} `);
        expect(told.filter(ofPort)).toEqual(truth.filter(ofPort));
      }
    }),
    { numRuns: 2000 },
  );
});
