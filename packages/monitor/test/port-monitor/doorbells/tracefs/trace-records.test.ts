import { describe, expect, test } from 'vitest';
import type { ListenRecord } from '../../../../src/port-monitor/doorbells/tracefs/parse-trace.js';
import { type Threads, TraceRecords } from '../../../../src/port-monitor/doorbells/tracefs/trace-records.js';
import { listeningLine, listenLine, stateLine } from './trace-lines.js';

const EADDRINUSE = 98;
const EINVAL = 22;
const OPENED: ListenRecord = {
  type: 'opened',
  family: 4,
  address: '127.0.0.1',
  port: 8080,
  pid: 7,
  thread: 7,
  isOwn: true,
  descriptor: null,
  atNs: 1_000_000n,
};
const CLOSED: ListenRecord = { ...OPENED, type: 'closed', atNs: 2_000_000n };
const threads: Threads = { processOf: () => undefined, namespaceOf: () => 'own' };
const NOTHING = { records: [], underWay: [], lost: 0 };
const NO_NEWS = { listened: false, bound: false, lost: false };

function text(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function taken(...lines: string[]) {
  const records = new TraceRecords(threads);
  records.add(text(...lines));
  return records.take();
}

describe('the records of a trace', () => {
  test('are taken once', () => {
    const records = new TraceRecords(threads);
    records.add(text(stateLine(OPENED)));
    expect(records.take()).toEqual({ ...NOTHING, records: [OPENED] });
    expect(records.take()).toEqual(NOTHING);
  });

  test('are read across pieces of text that end anywhere', () => {
    const all = text('CPU:1 [LOST 3 EVENTS]', stateLine(OPENED), stateLine(CLOSED));
    for (let cut = 0; cut <= all.length; cut++) {
      const records = new TraceRecords(threads);
      records.add(all.slice(0, cut));
      records.add(all.slice(cut));
      expect(records.take()).toEqual({ ...NOTHING, records: [OPENED, CLOSED], lost: 3 });
    }
  });

  test('are none of a thread in another network namespace', () => {
    const records = new TraceRecords({
      ...threads,
      namespaceOf: (thread) => (thread === 9 ? 'other' : 'own'),
    });
    const foreign = { ...OPENED, thread: 9 };
    const bound = listenLine(0, { thread: 9 }).replace('listen', 'bind');
    records.add(text(stateLine(foreign), listenLine(-EADDRINUSE, { thread: 9 }), bound));
    expect(records.takeNews()).toEqual(NO_NEWS);
    records.add(text(stateLine(OPENED)));
    expect(records.takeNews()).toEqual({ ...NO_NEWS, listened: true });
    expect(records.take().records).toEqual([OPENED]);
  });

  test('of a thread that has ended are news only if they leave something open', () => {
    const records = new TraceRecords({ ...threads, namespaceOf: () => 'ended' });
    const bound = listenLine(0, { thread: 7 }).replace('listen', 'bind');
    records.add(text(bound, stateLine(OPENED), stateLine(CLOSED)));
    expect(records.takeNews()).toEqual(NO_NEWS);
    expect(records.take().records).toEqual([OPENED, CLOSED].map((record) => ({ ...record, isOwn: false })));
    records.add(text(stateLine(OPENED)));
    expect(records.takeNews()).toEqual({ ...NO_NEWS, listened: true });
  });

  test('are in the order of time, and those of one moment in the order they came', () => {
    const reopened = { ...OPENED, atNs: CLOSED.atNs };
    expect(taken(stateLine(CLOSED), stateLine(reopened), stateLine(OPENED)).records).toEqual([
      OPENED,
      CLOSED,
      reopened,
    ]);
  });

  test('have the process of a thread that lives, and else what the kernel noted', () => {
    const processOf = (thread: number) => (thread === 8 ? 5 : undefined);
    const records = new TraceRecords({ ...threads, processOf });
    records.add(text(stateLine(OPENED, { thread: 8 }), stateLine(CLOSED, { thread: 9 })));
    expect(records.take().records).toEqual([
      { ...OPENED, thread: 8, pid: 5 },
      { ...CLOSED, thread: 9 },
    ]);
  });

  test('have the descriptor of the listen() in which something opened', () => {
    const call = (descriptor: number, port: number) => [
      listeningLine(descriptor, { thread: 7 }),
      stateLine({ ...OPENED, port }),
      listenLine(0, { thread: 7 }),
    ];
    const { records } = taken(...call(15_003, 80), ...call(4, 81), stateLine({ ...OPENED, port: 82 }));
    expect(records.map(({ port, descriptor }) => [port, descriptor])).toEqual([
      [80, 15_003],
      [81, 4],
      [82, null],
    ]);
  });

  test('have the descriptors of calls that several threads make at once', () => {
    const { records } = taken(
      listeningLine(3, { thread: 7 }),
      listeningLine(5, { thread: 8 }),
      stateLine({ ...OPENED, thread: 7 }),
      stateLine({ ...OPENED, thread: 8 }),
      listenLine(0, { thread: 8 }),
      listenLine(0, { thread: 7 }),
    );
    expect(records.map(({ thread, descriptor }) => [thread, descriptor])).toEqual([
      [7, 3],
      [8, 5],
    ]);
  });

  test('that nobody takes are counted as lost beyond a limit', () => {
    const records = new TraceRecords(threads, 2);
    for (let i = 0; i < 5; i++) records.add(text(stateLine(OPENED)));
    expect(records.take()).toEqual({ ...NOTHING, records: [OPENED, OPENED], lost: 3 });
    records.add(text(stateLine(CLOSED)));
    expect(records.take()).toEqual({ ...NOTHING, records: [CLOSED] });
  });
});

describe('a listen() that fails', () => {
  const thread = OPENED.thread;
  const opened = { ...OPENED, descriptor: 3 };
  const begins = listeningLine(3, { thread });
  const fails = listenLine(-EADDRINUSE, { thread });
  const succeeds = listenLine(0, { thread });

  test('has opened nothing, though the socket was in TCP_LISTEN for a moment', () => {
    expect(taken(begins, stateLine(OPENED), stateLine(CLOSED), fails).records).toEqual([]);
  });

  test('has opened nothing, also if somebody asks while it is under way', () => {
    const records = new TraceRecords(threads);
    const seen = [begins, stateLine(OPENED), stateLine(CLOSED), fails].map((line) => {
      records.add(text(line));
      const { records: over, underWay } = records.take(CLOSED.atNs);
      return { over, underWay };
    });
    expect(seen).toEqual([
      { over: [], underWay: [] },
      { over: [], underWay: [opened] },
      { over: [], underWay: [opened, CLOSED] },
      { over: [], underWay: [] },
    ]);
  });

  test('that succeeds is told when it returns', () => {
    const records = new TraceRecords(threads);
    records.add(text(begins, stateLine(OPENED)));
    expect(records.take(CLOSED.atNs)).toEqual({ ...NOTHING, underWay: [opened] });
    records.add(text(succeeds));
    expect(records.take()).toEqual({ ...NOTHING, records: [opened] });
  });

  test('is not waited for longer than it can take, and its outcome is unknown then', () => {
    const records = new TraceRecords(threads);
    records.add(text(begins, stateLine(OPENED)));
    expect(records.take(OPENED.atNs + 3_000_000_000n)).toEqual({ ...NOTHING, records: [OPENED] });
    records.add(text(stateLine(CLOSED), fails));
    expect(records.take()).toEqual({ ...NOTHING, records: [CLOSED] });
  });

  test('does not undo an earlier one of the thread', () => {
    const failing = [begins, listenLine(-EINVAL, { thread })];
    expect(taken(begins, stateLine(OPENED), succeeds, stateLine(CLOSED), ...failing).records).toEqual([
      opened,
      CLOSED,
    ]);
  });

  test('does not undo that of another thread', () => {
    const other = [listeningLine(3, { thread: thread + 1 }), listenLine(-EADDRINUSE, { thread: thread + 1 })];
    expect(taken(begins, stateLine(OPENED), ...other, succeeds, stateLine(CLOSED)).records).toEqual([
      opened,
      CLOSED,
    ]);
  });

  test('leaves a closing before it', () => {
    const other = { ...CLOSED, port: 22 };
    const lines = [stateLine(other), begins, stateLine(OPENED), stateLine(CLOSED), fails];
    expect(taken(...lines).records).toEqual([other]);
  });

  test('may be among what was lost, as may a closing: only what was over before that, or began after it, is told is forgotten', () => {
    const other = { ...OPENED, port: 22 };
    const lost = 'CPU:0 [LOST 1 EVENTS]';
    const over = [
      { ...OPENED, port: 1 },
      { ...CLOSED, port: 1, atNs: OPENED.atNs },
    ].map((record) => record as ListenRecord);
    const before = [stateLine(other), ...over.map((each) => stateLine(each)), begins, stateLine(OPENED)];
    const lines = [...before, stateLine(CLOSED), lost, stateLine(CLOSED), lost, stateLine(OPENED)];
    expect(taken(...lines)).toEqual({ records: [...over, OPENED, CLOSED], underWay: [], lost: 2 });
  });
});
